"""The worker's systemd unit allows the engine enough time to stop, and gives it no rights that it does not need."""

from __future__ import annotations

import shlex
from collections import defaultdict
from pathlib import Path

from omni.cli import _parser
from omni.locale import Text
from omni.provider.client import Timeouts
from omni.sending import drain

UNIT = Path(__file__).resolve().parents[1] / "docs" / "omni-worker.service"


def settings() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text("utf-8").splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found[name].append(value)
    return found


def test_a_worker_that_is_asked_to_stop_has_the_time_it_needs():
    (given,) = settings()["TimeoutStopSec"]
    assert int(given) >= Timeouts().total + drain._PATIENCE + 10
    assert settings()["KillSignal"] == ["SIGTERM"]


def test_it_starts_a_command_that_there_is():
    (command,) = settings()["ExecStart"]
    _python, *module, name = shlex.split(command)
    assert module == ["-m", "omni"]
    assert _parser(Text("en"), "worker").parse_args([name]).command == "worker"


def test_the_unit_holds_no_secret_and_opens_nothing_else_of_the_machine():
    found = settings()
    assert found["EnvironmentFile"]
    assert not any(name in value for value in found["Environment"] for name in ("TOKEN", "DATABASE_URL"))
    assert (found["NoNewPrivileges"], found["ProtectSystem"], found["UMask"]) == (["yes"], ["strict"], ["0077"])
