"""What Omni remembers: drafts, saved templates, campaigns, and the ledger of what was sent.

``campaigns`` freezes a campaign and reads what became of each contact; ``ledger`` claims its requests and
records their answers; ``database`` alone knows how a connection is made.
"""
