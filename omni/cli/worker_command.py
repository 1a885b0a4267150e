"""Command ``worker``: send all running campaigns until stopped. It imports nothing that reads spreadsheets."""

from __future__ import annotations

import argparse
from typing import Any

from omni import settings as settings_module
from omni.bootstrap.worker import Sender
from omni.cli.output import Output
from omni.errors import folder_error
from omni.locale import Text
from omni.store.opening import open_database


def add_to(commands: Any, text: Text) -> None:
    """Declare the command."""
    worker = commands.add_parser("worker", help=text("cli.worker.about"))
    worker.add_argument("--while-console", action="store_true", help=argparse.SUPPRESS)
    worker.set_defaults(run=run_worker)


def run_worker(args: argparse.Namespace, output: Output) -> int:
    """Run ``worker``: send until stopped; the exit code is also 0 when another worker runs on this data folder."""
    settings = settings_module.load()
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise folder_error(err) from err
    sender = Sender(settings, open_database(settings.database_url, settings.sending))
    output.note("cli.worker_ready", path=str(settings.data))
    if not sender.run_worker(while_console=args.while_console):
        output.note("cli.worker_running")
    return 0
