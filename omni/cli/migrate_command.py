"""Command ``migrate``: move the whole installation from its SQLite file to PostgreSQL, once."""

from __future__ import annotations

import argparse
from typing import Any

from omni import wiring
from omni.bootstrap.transfer import Transfer
from omni.cli.output import Output
from omni.locale import Text


def add_to(commands: Any, text: Text) -> None:
    """Declare the command."""
    migrate = commands.add_parser("migrate", help=text("cli.migrate.about"))
    migrate.add_argument("--to", required=True, metavar="postgresql+psycopg://…", help=text("cli.to"))
    migrate.add_argument("--yes", action="store_true", help=text("cli.yes"))
    migrate.add_argument("--json", action="store_true", help=text("cli.json"))
    migrate.set_defaults(run=run_migrate)


def run_migrate(args: argparse.Namespace, output: Output) -> int:
    """Run ``migrate``: copy everything, compare it, and mark the old database as moved."""
    transfer = Transfer(wiring.settings_for(), args.to)
    if not args.yes:
        output.note("cli.migrate_confirm", n=transfer.rows(), to=transfer.address)
        return 2
    with output.progress(100) as advance:
        moved = transfer.move(lambda share, table: advance(int(100 * share), table))
    if args.json:
        output.json({"to": transfer.address, "rows": dict(moved)})
    output.note("cli.migrated", n=sum(moved.values()), to=transfer.address)
    return 0
