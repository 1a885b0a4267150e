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
from typing import Any

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
        command = next((word for word in given if not word.startswith("-")), None)
        args = _parser(text, command).parse_args(given)
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


def _parser(text: Text, command: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows every command by name, and the arguments of ``command``.

    Only the module of ``command`` is imported, since it imports all that the command works with: ``status`` reads no
    spreadsheet, and in a worker, which lives for days, what only spreadsheets need would take most of its memory.
    """
    program = "omni" if Path(sys.argv[0]).stem == "omni" else "python -m omni"
    parser = argparse.ArgumentParser(prog=program, description=text("cli.about"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for names in _COMMANDS:
        if command in names:
            _declare(command, commands, text)
        else:
            for name in names:
                commands.add_parser(name, help=text(f"cli.{name}.about"), add_help=False)
    commands.add_parser("sandbox", help=text("cli.sandbox.about"), add_help=False)
    return parser


_COMMANDS = (
    ("check", "preview"),
    ("send",),
    ("status", "pause", "resume", "cancel", "report"),
    ("resolve",),
    ("reread",),
    ("do-not-contact",),
    ("migrate",),
    ("worker",),
)
"""Commands in the order of the help, grouped by the module that declares them."""


def _declare(command: str | None, commands: Any, text: Text) -> None:
    """Add the commands of the module that declares ``command``, with their arguments."""
    match command:
        case "check" | "preview":
            from omni.cli.sheet_commands import add_to
        case "send":
            from omni.cli.send_command import add_to
        case "resolve":
            from omni.cli.resolve_command import add_to
        case "reread":
            from omni.cli.reread_command import add_to
        case "do-not-contact":
            from omni.cli.do_not_contact_command import add_to
        case "migrate":
            from omni.cli.migrate_command import add_to
        case "worker":
            from omni.cli.worker_command import add_to
        case _:
            from omni.cli.campaign_commands import add_to
    add_to(commands, text)
