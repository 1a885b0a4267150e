"""Storage of everything Omni keeps: drafts, saved templates, campaigns, and the ledger of what was sent.

- at the top: the connection and the tables (``database``, ``opening``, ``schema``, ``migrations``, ``locking``,
  ``json_text``), the states of requests and campaigns (``request_states``, ``campaign_states``), and an installation
  that moves to PostgreSQL (``transfer``, ``moved``)
- ``ledger``: requests on their way: claims, answers, outcomes, the rate limit and the workers
- ``campaigns``: how campaigns are made, their contacts and progress, and the sends of the last days
- ``people``: drafts, templates, kept spreadsheets and the do-not-contact list
- ``restored``: how an older copy of the database is noticed, and what waits until an operator has looked

Only ``database`` knows how a connection is made.
"""
