"""Omni: the console that sends fallback campaigns: a spreadsheet in, message ids out, nothing sent twice.

Each module or folder here is a layer: what it may import of the others, and what it is for. The same table,
with the outside packages, stands in `tests/test_layers.py`, which reads every file.

    errors      -                                         why we stop, branched by what the caller does next
    core        errors                                    contacts, steps, checks and rendering; no I/O
    ports       core                                      the seams of the engine, as Protocols
    locale      core errors                               every sentence a person reads, in three languages
    sheets      core errors ports                         spreadsheets in and out
    provider    core errors ports                         the provider's HTTP API; the only home of camelCase
    store       core errors ports                         drafts, campaigns and the ledger in the database
    sending     core errors ports                         the engine: claim, post, record
    cluster     errors                                    the engine's runner beyond one machine
    sandbox     -                                         a stand-in provider, read independently of the rest
    service     core errors locale ports provider         what the console does for its pages and commands:
                sheets store                              check, plan, launch, report
    addresses   errors                                    where a database is, checked before it is opened
    settings    addresses core errors provider            what is set from outside
    processes   errors sandbox settings                   the worker and the practice provider beside us
    cluster_desk cluster errors sending store             a worker beside those of other machines
    sending_desk cluster_desk core errors ports           the engine over our ledger and clients
                processes provider sending settings store
    moving_desk addresses errors processes sending_desk   an installation moved to PostgreSQL
                settings store
    waking      cluster store                             campaigns whose changes wake the workers
    lists_desk  core errors locale service settings       what is kept about people between campaigns
                sheets store
    repeats_desk service settings store                   who was sent to lately
    wiring      everything above                          where the collaborators are chosen, once
    cli         core errors locale sandbox sending        python -m omni
                sending_desk service settings sheets
                store wiring
    ui          core errors locale service sheets         the pages in the browser, with pages/ and app.py
                wiring
"""

__version__ = "0.1.0"
