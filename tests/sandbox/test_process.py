"""The sandbox as a process: startup, output and shutdown."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from omni.sandbox import main
from tests.sandbox.running import HEADERS, ROOT, SEND, TOKEN, Sandbox, a_request, encoded, launch
from tests.waiting import PATIENCE, wait_until

BODY = encoded(a_request(2))


def raw_post(fault: str | None = None) -> bytes:
    """Build a whole request as bytes, for a client that does not wait for its answer."""
    fields = {"Host": "x", "Content-Length": str(len(BODY))} | HEADERS
    fields |= {} if fault is None else {"X-Sandbox-Fault": fault}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {SEND} HTTP/1.1\r\n{head}\r\n".encode() + BODY


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_code_0_even_while_a_request_hangs(number):
    with launch("--port", "0") as process:
        url = process.stdout.readline().decode().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1/omni/send", url)
        address = ("127.0.0.1", int(url.split(":")[2].split("/")[0]))
        with socket.create_connection(address) as hanging, socket.create_connection(address) as idle:
            hanging.sendall(raw_post("hang"))
            wait_until(lambda: requests.get(url.replace(SEND, "/stats"), timeout=PATIENCE).json()["requests"] == 1)
            idle.sendall(b"POST ")
            process.send_signal(number)
            out, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, errors) == (0, b"", b"")


def test_with_parent_it_ends_when_its_standard_input_ends():
    with launch("--port", "0", "--with-parent") as process:
        process.stdout.readline()
        process.stdin.write(b"anything at all\n")
        process.stdin.flush()
        time.sleep(0.1)
        assert process.poll() is None
        out, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, errors) == (0, b"", b"")


def test_without_with_parent_the_end_of_standard_input_means_nothing():
    with launch("--port", "0") as process:
        port = int(process.stdout.readline().split(b":")[2].split(b"/")[0])
        process.stdin.close()
        time.sleep(0.2)
        assert is_listening(port)
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_a_killed_parent_does_not_leave_it_behind():
    parent = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'omni.sandbox', '--port', '0', '--with-parent']\n"
        "child = subprocess.Popen(command, stdin=subprocess.PIPE)\n"
        "time.sleep(3600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE) as process:
        port = int(process.stdout.readline().split(b":")[2].split(b"/")[0])
        assert is_listening(port)
        process.kill()
    wait_until(lambda: not is_listening(port))


def test_it_listens_on_one_loopback_address_only(sandbox: Sandbox):
    assert is_listening(sandbox.port)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", sandbox.port), timeout=1)
    with pytest.raises(OSError):
        socket.create_connection(("::1", sandbox.port), timeout=1)


def test_a_port_in_use_is_reported(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith(f"sandbox: port {port} cannot be listened on: ")


def test_a_record_that_cannot_be_opened_is_reported(capsys, tmp_path: Path):
    assert main(["--port", "0", "--record", str(tmp_path / "missing" / "r.jsonl")]) == 2
    assert re.fullmatch(r"sandbox: the record \S+r\.jsonl cannot be written: .+\n", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--port", "x"], "'x' is not a whole number"),
        (["--port", "-1"], "-1 is less than 0"),
        (["--port", "65536"], "65536 is more than 65535"),
        (["--latency", "-1"], "'-1' is not a number of 0 or more"),
        (["--latency", "nan"], "'nan' is not a number of 0 or more"),
        (["--slow", "inf"], "'inf' is not a number of 0 or more"),
        (["--seed", "x"], "'x' is not a whole number"),
        (["--rate", "0"], "0 is less than 1"),
        (["--shape", "round"], "invalid choice: 'round'"),
        (["--host", "0.0.0.0"], "unrecognized arguments: --host 0.0.0.0"),
        (
            ["--faults", "earthquake=0.1"],
            "unknown fault 'earthquake'; the faults are refused, unauthorized, ",
        ),
        (["--faults", "slow"], "the share of fault 'slow' must be a number from 0 to 1"),
        (["--faults", "slow=often"], "the share of fault 'slow' must be a number from 0 to 1"),
        (["--faults", "slow=1.1"], "the share of fault 'slow' must be a number from 0 to 1"),
        (
            ["--faults", "slow=-0.1"],
            "error_504, malformed, html, fewer_ids, no_ids, empty, redirect, error_in_200",
        ),
        (["--faults", "slow=nan"], "the share of fault 'slow' must be a number from 0 to 1"),
        (["--faults", "slow=0.1,slow=0.2"], "fault 'slow' is given twice"),
        (["--faults", "slow=0.6,hang=0.6"], "the shares add up to more than 1"),
    ],
)
def test_a_bad_option_is_one_sentence_and_code_2(capsys, argv, sentence):
    assert main(argv) == 2
    out, errors = capsys.readouterr()
    assert (out, errors.count("\n")) == ("", 1)
    assert errors.startswith("sandbox: ") and sentence in errors


def test_shares_may_add_up_to_exactly_one(start):
    names = ["refused", "unauthorized", "forbidden", "error_500", "error_503"]
    names += ["malformed", "html", "fewer_ids", "no_ids", "empty"]
    sandbox = start("--faults", ",".join(f"{name}=0.1" for name in names))
    sandbox.post(BODY)
    assert sandbox.stats()["by_mode"].keys() <= set(names)


def test_help_names_every_option_and_fault(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    options = ["--port", "--record", "--faults", "--latency", "--slow", "--seed", "--rate", "--shape"]
    for word in [*options, "--with-parent", "error_in_200"]:
        assert word in out


def test_latency_delays_answers_but_not_the_record(start):
    sandbox = start("--latency", "150")
    began = time.monotonic()
    assert sandbox.post(BODY).status == 200
    assert sandbox.post(BODY, "refused").status == 400
    assert sandbox.post(b"{}").status == 400
    assert time.monotonic() - began >= 0.45
    with sandbox.connected() as client:
        client.sendall(raw_post())
    wait_until(lambda: len(sandbox.recorded()) == 4)
    assert sandbox.recorded()[3]["accepted"]


def test_a_client_may_leave_a_delayed_fault_early(start):
    sandbox = start("--latency", "200", "--slow", "0.2")
    for fault in ("slow", "hang", "cut_after", "cut_middle"):
        with sandbox.connected() as client:
            client.sendall(raw_post(fault))
    wait_until(lambda: sandbox.stats()["requests"] == 4)
    time.sleep(0.3)
    assert sandbox.post(BODY).status == 200
    wait_until(lambda: open_connections(sandbox) == 0)


def open_connections(sandbox: Sandbox) -> int:
    """Count the sockets of the process, without the listening one and the event loop's own pair."""
    folder = Path(f"/proc/{sandbox.process.pid}/fd")
    found = 0
    for entry in folder.iterdir():
        with suppress(FileNotFoundError):  # closed since the folder was listed
            found += str(entry.readlink()).startswith("socket:")
    return found - 3


def test_more_requests_than_the_rate_allows_are_answered_429(start):
    sandbox = start("--rate", "2")
    answers = [sandbox.post(BODY) for _ in range(2)]
    assert [answer.status for answer in answers] == [200] * 2
    while answers[-1].status == 200:  # a machine that needs a second for three posts stays within the rate
        answers.append(sandbox.post(BODY))
    late = answers[-1]
    assert (late.status, late.json()["errorCode"], late.headers["Retry-After"]) == (429, 429, "1")
    assert sandbox.stats()["by_mode"] == {"ok": len(answers) - 1, "rate_limited": 1}
    time.sleep(1.05)
    assert sandbox.post(BODY).status == 200


def test_a_second_run_adds_to_the_record(start):
    assert start().post(BODY).status == 200
    second = start()
    assert second.post(BODY).status == 200
    assert len(second.recorded()) == 2
    assert second.stats()["requests"] == 1


def test_what_cannot_be_recorded_is_not_accepted():
    with launch("--port", "0", "--record", "/dev/full") as process:
        url = process.stdout.readline().decode().strip()
        answer = requests.post(url, BODY, headers=HEADERS, timeout=PATIENCE)
        stats = requests.get(url.replace(SEND, "/stats"), timeout=PATIENCE).json()
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE)
    assert (answer.status_code, answer.json()["errorMessage"]) == (
        500,
        "the sandbox cannot write its record; nothing was accepted",
    )
    assert stats == {"requests": 0, "accepted_requests": 0, "accepted_contacts": 0, "by_mode": {}}
    assert errors.startswith(b"sandbox: the record cannot be written: ")
    assert TOKEN.encode() not in errors
