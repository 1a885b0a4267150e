"""Sending engine: claim a request, commit the claim, post it once, keep the answer, record the outcome.

``drain`` is the loop that sends, ``worker`` the process around it. ``answer_spool`` and ``claim_journal`` are files
beside the database; they hold what must not be lost between two of its transactions.
"""
