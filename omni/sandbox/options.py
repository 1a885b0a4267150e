"""The sandbox's command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from omni.sandbox.answer import SHAPES
from omni.sandbox.faults import FAULTS, read_shares

DEFAULT_PORT = 8899


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of a sandbox; ``latency`` and ``slow`` in seconds, ``rate`` in requests a second."""

    port: int
    record: Path | None
    faults: Mapping[str, float]
    latency: float
    slow: float
    seed: int | None
    rate: int | None
    shape: str
    id_prefix: str
    with_parent: bool


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one sentence instead of the whole usage, which ``--help`` shows."""
        self.exit(2, f"sandbox: {message}\n")


def read_options(argv: Sequence[str] | None) -> Options:
    """Read a command line, None meaning the process's own.

    Raises SystemExit: 0 after ``--help``, 2 after a sentence on stderr.
    """
    parser = _Parser(
        prog="omni sandbox",
        description="A stand-in for the provider, on 127.0.0.1 only. Takes any credentials, sends nothing.",
        epilog=f"Faults: {', '.join(FAULTS)}. A request's header X-Sandbox-Fault: NAME asks for that one.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--port", type=_whole(0, 65535), default=DEFAULT_PORT, help="default %(default)s; 0 is any free port"
    )
    parser.add_argument("--record", type=Path, metavar="FILE.jsonl", help="append a line for each request received")
    parser.add_argument(
        "--faults",
        type=_shares,
        default={},
        metavar="NAME=SHARE,...",
        help="shares of requests, 0 to 1, that meet a fault",
    )
    parser.add_argument("--latency", type=_amount, default=0.0, metavar="MS", help="delay of every answer")
    parser.add_argument(
        "--slow",
        type=_amount,
        default=5.0,
        metavar="SECONDS",
        help="delay of the fault slow; default %(default)s",
    )
    parser.add_argument("--seed", type=_whole(), metavar="N", help="makes the drawing of faults repeatable")
    parser.add_argument("--rate", type=_whole(1), metavar="N", help="requests a second; more are answered 429")
    parser.add_argument("--shape", choices=SHAPES, default=SHAPES[0], help="the answer's shape; default %(default)s")
    parser.add_argument("--id-prefix", default="", metavar="TEXT", help="the beginning of every id")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    given = parser.parse_args(argv)
    return Options(
        port=given.port,
        record=given.record,
        faults=given.faults,
        latency=given.latency / 1000,
        slow=given.slow,
        seed=given.seed,
        rate=given.rate,
        shape=given.shape,
        id_prefix=given.id_prefix,
        with_parent=given.with_parent,
    )


def _whole(lowest: int | None = None, highest: int | None = None) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if lowest is not None and number < lowest:
            raise argparse.ArgumentTypeError(f"{number} is less than {lowest}")
        if highest is not None and number > highest:
            raise argparse.ArgumentTypeError(f"{number} is more than {highest}")
        return number

    return read


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 0 or more")
    return number


def _shares(text: str) -> dict[str, float]:
    try:
        return read_shares(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(str(err)) from None
