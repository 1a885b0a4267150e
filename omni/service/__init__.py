"""Use cases of Omni, one module each: check a sheet, plan its requests, launch a campaign, report its ids.

The modules combine the layers below (core, sheets, provider, store) and know neither pages nor the command line.
"""
