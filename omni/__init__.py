"""Omni, a console that sends fallback campaigns: a spreadsheet in, message ids out, nothing sent twice.

Each row is a layer (a folder, or a single file with rules of its own), the other layers it may import, and its
purpose. `tests/test_layers.py` has the same table with the outside packages, and checks every file against it.

    errors      -                                         reasons to stop, branched by what the caller does next
    core        errors                                    contacts, steps, checks and rendering; no I/O
    ports       core                                      the seams of the engine, as Protocols
    locale      core errors                               every sentence a person reads, in three languages
    sheets      core errors ports                         spreadsheets: tables, cells and limits
    sheets/reading          core errors ports sheets      files to tables
                sheets/reading/header
    sheets/reading/header   core errors ports sheets      where the header is, and its words
    sheets/checking         core errors ports sheets      tables to contacts
                sheets/checking/column_mapping
                sheets/reading/header
    sheets/checking/column_mapping  core errors ports     which column holds which field
                sheets sheets/reading/header
    sheets/writing          core errors ports sheets      tables to files
    sheets/writing/sample_sheet     core errors ports     the sample that operators download
                sheets sheets/checking/column_mapping
                sheets/reading/header sheets/writing
    provider    core errors ports provider/curl           the provider's HTTP API; the only home of camelCase
                provider/payload
    provider/payload        core errors                   templates and bodies as JSON; no network
                provider/pasted_json
    provider/pasted_json    errors provider/curl          JSON found in what was pasted
    provider/curl           errors                        a POST as a curl command, and back
    store       core errors ports                         drafts, campaigns and the ledger in the database
    sending     core errors ports                         the engine: claim, post, record
    cluster     errors                                    the engine's runner beyond one machine
    sandbox     -                                         a stand-in provider, read independently of the rest
    service     core errors locale ports provider         use cases of pages and commands: check, plan, launch,
                sheets store                              report
    database_url            errors                        the database's address, checked before it is opened
    settings    core database_url errors provider         settings from the environment and the secrets file
    bootstrap   -                                         runnable parts put together, one row a file:
    bootstrap/processes     errors sandbox settings       the worker and the practice provider as processes
    bootstrap/cluster_worker        cluster errors        a worker beside those of other machines
                sending store
    bootstrap/worker        core errors ports             the engine over the ledger and the provider's client
                bootstrap/cluster_worker
                bootstrap/processes provider sending
                settings store
    bootstrap/transfer      bootstrap/processes           an installation moved to PostgreSQL
                bootstrap/worker database_url errors
                settings store
    bootstrap/waking        cluster core store                campaigns whose changes wake the workers
    bootstrap/lists         core errors locale service    do-not-contact list and kept spreadsheets
                settings sheets store
    bootstrap/recent_sends  service settings store        contacts written to in the last days
    wiring      everything above                          the only place where the parts are chosen
    cli         bootstrap/lists bootstrap/transfer        python -m omni
                bootstrap/worker core errors locale
                provider/payload sandbox sending service
                settings sheets store wiring
    ui          core errors locale provider/payload       the pages in the browser, with pages/ and app.py
                service sheets wiring
"""

__version__ = "0.2.0"
