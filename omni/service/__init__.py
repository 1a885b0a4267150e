"""What Omni does, use by use: check a sheet, plan its requests, freeze a campaign, report its ids.

Each module composes the rooms below it (core, sheets, provider, store) and knows no screen and no command line.
"""
