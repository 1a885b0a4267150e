"""Command line: ``python -m omni check | preview | send | status | …``.

Machine output goes to stdout, progress and sentences to stderr. Exit codes: 0 success; 1 finished with refused or
unknown contacts, or a check with errors; 2 could not go on.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from omni.cli import worker_command
from omni.cli.output import Output
from omni.errors import OmniError
from omni.locale import Text, best_language

COULD_NOT_GO_ON = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Only usage errors and ``--help`` raise ``SystemExit``."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["sandbox"]:
        from omni import sandbox

        return sandbox.main(given[1:])
    text = Text(_system_language())
    output = Output(text)
    try:
        args = _parser(text, is_worker=given[:1] == ["worker"]).parse_args(given)
        code: int = args.run(args, output)
        return code
    except OmniError as err:
        output.say(text.error(err))
        return COULD_NOT_GO_ON
    except KeyboardInterrupt:
        output.say(text("cli.interrupted"))
        return COULD_NOT_GO_ON
    except BrokenPipeError:
        # The reader of the output has gone (``| head``): not an error, and nothing more can be written.
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - stays open until the interpreter ends
        return 0


def _system_language() -> str:
    names = ("OMNI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return best_language(next((os.environ[name] for name in names if os.environ.get(name)), None))


def _parser(text: Text, *, is_worker: bool) -> argparse.ArgumentParser:
    program = "omni" if Path(sys.argv[0]).stem == "omni" else "python -m omni"
    parser = argparse.ArgumentParser(prog=program, description=text("cli.about"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    if not is_worker:
        # A worker lives for days, and what only spreadsheets need would take most of its memory.
        from omni.cli import campaign_commands, migrate_command, resolve_command, send_command, sheet_commands

        sheet_commands.add_to(commands, text)
        send_command.add_to(commands, text)
        campaign_commands.add_to(commands, text)
        resolve_command.add_to(commands, text)
        migrate_command.add_to(commands, text)
    worker_command.add_to(commands, text)
    commands.add_parser("sandbox", help=text("cli.sandbox.about"), add_help=False)
    return parser
