"""Storage of everything Omni keeps: drafts, saved templates, campaigns, and the ledger of what was sent.

The files by subject:

- connections and tables: ``database``, ``opening``, ``schema``, ``migrations``, ``locking``, ``json_text``;
  ``transfer`` and ``moved`` for an installation that moves to PostgreSQL
- making a campaign: ``drafts``, ``saved``, ``recent_sends``, ``launch_guard``, ``creation``
- campaigns and their figures: ``campaigns``, ``campaign_states``, ``pause_reason``, ``progress``, ``recipients``,
  ``campaign_rows``, ``unknown_requests``
- the ledger: ``ledger``, ``claiming``, ``rate_limit``, ``do_not_contact``, ``withholding``, ``recording``,
  ``late_answers``, ``former_positions``, ``request_states``, ``workers``
- a restored database: ``restored_acts``, ``restored_identity`` and ``restored_journal`` detect it, ``restored_notice``
  requires an acknowledgement

Only ``database`` knows how a connection is made.
"""
