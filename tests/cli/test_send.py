"""``omni send`` and the commands on a campaign, against practice mode and the sandbox provider."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from omni import wiring
from omni.cli import main
from omni.errors import StoreError
from omni.store.campaigns.campaigns import Campaigns
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from tests.builders import contact_rows, phone, sms_template, write_csv_sheet, write_template, write_xlsx_sheet
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "s3cr3t-value-of-the-token"


def omni_process(*arguments, **environment):
    """Run the command in a process of its own, as an operator does."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "omni", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, "OMNI_LANGUAGE": "en", **environment},
    )


def omni(*arguments, **environment):
    """Run the command in this process with its own settings: starting a process costs more than most commands."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in {"OMNI_LANGUAGE": "en", **environment}.items():
            patch.setenv(name, value)
        wiring.console.cache_clear()
        try:
            code = main([*map(str, arguments)])
        except SystemExit as usage:
            code = usage.code
        wiring.console.cache_clear()
    written = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *written)


def read_ids(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_257_rows_at_100_a_request_make_3_requests_and_ids_in_sheet_order(tmp_path, sandbox, environment):
    provider = sandbox()
    sheet = write_xlsx_sheet(tmp_path / "contacts.xlsx", contact_rows(257))
    template = write_template(tmp_path / "t.json", sms_template("Olá, ação"))
    account = {
        "OMNI_USERNAME": "ana@example.com",
        "OMNI_TOKEN": TOKEN,
        "OMNI_ENDPOINT": provider.url,
        "OMNI_BATCH": "100",
    }

    done = omni_process("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes", **account)

    assert done.returncode == 0, done.stderr
    received = provider.records()
    assert sorted(len(one["ids"]) for one in received) == [57, 100, 100]
    ids = [given for one in received for given in one["ids"]]
    rows = read_ids(tmp_path / "ids.csv")
    assert [row["Código"] for row in rows] == [f"{at:05d}" for at in range(1, 258)]
    assert [row["row"] for row in rows] == [str(at) for at in range(2, 259)]
    assert sorted(row["id"] for row in rows) == sorted(ids)
    assert {row["state"] for row in rows} == {"accepted"}
    by_phone = {
        contact["phone1"]: given for one in received for contact, given in zip(one["contacts"], one["ids"], strict=True)
    }
    assert [row["id"] for row in rows] == [by_phone[phone(at)] for at in range(1, 258)]
    assert_nowhere(TOKEN, environment, done.stdout, done.stderr)


def assert_nowhere(secret, folder, *texts):
    assert all(secret not in text for text in texts)
    for file in folder.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file


def test_practice_reaches_the_practice_provider_only_and_needs_no_account(tmp_path, environment):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(5))
    template = write_template(tmp_path / "t.json", sms_template())

    done = omni_process("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes", "--practice")

    assert done.returncode == 0, done.stderr
    received = [json.loads(line) for line in (environment / "practice" / "received.jsonl").read_text().splitlines()]
    assert [row["id"] for row in read_ids(tmp_path / "ids.csv")] == received[0]["ids"]


def test_without_an_account_sending_for_real_is_refused_and_names_the_settings(tmp_path):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(1))
    template = write_template(tmp_path / "t.json", sms_template())
    done = omni("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes")
    assert done.returncode == 2
    assert "OMNI_USERNAME" in done.stderr


def test_without_yes_nothing_is_sent(tmp_path, environment):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(2))
    template = write_template(tmp_path / "t.json", sms_template())
    done = omni("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--practice")
    assert done.returncode == 2
    assert "2 contacts" in done.stderr
    assert not (environment / "practice" / "received.jsonl").exists()


def test_rejected_contacts_stop_the_sending_unless_only_the_ready_are_wanted(tmp_path):
    rows = contact_rows(3)
    rows[1][2] = "not a phone"
    sheet = write_csv_sheet(tmp_path / "a.csv", rows)
    template = write_template(tmp_path / "t.json", sms_template())
    order = ("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes", "--practice")

    refused = omni(*order)
    assert refused.returncode == 1
    assert "--ready-only" in refused.stderr
    assert not (tmp_path / "ids.csv").exists()

    done = omni(*order, "--ready-only")
    assert done.returncode == 0, done.stderr
    assert [row["row"] for row in read_ids(tmp_path / "ids.csv")] == ["2", "4"]


def test_a_column_that_the_report_needs_itself_gets_a_prefix(tmp_path):
    sheet = write_csv_sheet(tmp_path / "a.csv", [["7", phone(1), "old"]], ("id", "Celular", "state"))
    template = write_template(tmp_path / "t.json", sms_template())
    done = omni("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes", "--practice")
    assert done.returncode == 0, done.stderr
    row = read_ids(tmp_path / "ids.csv")[0]
    assert list(row) == [
        "id",
        "Celular",
        "state",
        "row",
        "omni_state",
        "omni_id",
        "correlationId",
        "batchId",
        "ids",
        "step plan",
        "time",
        "detail",
    ]
    assert (row["id"], row["state"], row["omni_state"]) == ("7", "old", "accepted")


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ("refused", "refused", 1),
        ("error_500", "unknown", 1),
        ("error_503", "unknown", 1),
        ("error_504", "unknown", 1),
        ("cut_before", "unknown", 1),
        ("cut_after", "unknown", 1),
        ("cut_middle", "unknown", 1),
        ("malformed", "unknown", 1),
        ("html", "unknown", 1),
        ("fewer_ids", "unknown", 1),
        ("redirect", "unknown", 1),
        ("no_ids", "accepted", 0),
        ("empty", "accepted", 0),
        ("unauthorized", "pending", 2),
        ("forbidden", "pending", 2),
    ],
)
def test_each_fault_ends_in_the_state_it_must(tmp_path, environment, fault, state, code):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(4))
    template = write_template(tmp_path / "t.json", sms_template())

    done = omni(
        "send",
        sheet,
        "--template",
        template,
        "--out",
        tmp_path / "ids.csv",
        "--yes",
        "--practice",
        OMNI_PRACTICE_FAULTS=f"{fault}=1",
    )

    assert done.returncode == code, done.stderr
    assert {row["state"] for row in read_ids(tmp_path / "ids.csv")} == {state}
    received = [json.loads(line) for line in (environment / "practice" / "received.jsonl").read_text().splitlines()]
    assert len(received) == 1, "a request must never be repeated by itself"


def test_status_report_and_cancel_work_on_a_paused_campaign(tmp_path):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(4))
    template = write_template(tmp_path / "t.json", sms_template())
    omni(
        "send",
        sheet,
        "--template",
        template,
        "--out",
        tmp_path / "ids.csv",
        "--yes",
        "--practice",
        OMNI_PRACTICE_FAULTS="unauthorized=1",
    )

    status = json.loads(omni("status", "1", "--json").stdout)
    assert status["contacts"] == {"pending": 4, "sending": 0, "accepted": 0, "refused": 0, "unknown": 0, "cancelled": 0}
    assert (status["id"], status["state"]) == (1, "paused")
    assert [one["id"] for one in json.loads(omni("status", "--json").stdout)] == [1]

    resumed = omni_process("resume", "1")
    assert resumed.returncode == 0, resumed.stderr
    assert omni("report", "1", "--out", tmp_path / "later.xlsx").returncode == 0
    assert (tmp_path / "later.xlsx").stat().st_size > 0
    assert omni("cancel", "1").returncode == 2
    assert omni("status", "99", "--json").returncode == 2


def test_unknown_contacts_are_resolved_by_a_person_only(tmp_path):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(3))
    template = write_template(tmp_path / "t.json", sms_template())
    omni(
        "send",
        sheet,
        "--template",
        template,
        "--out",
        tmp_path / "ids.csv",
        "--yes",
        "--practice",
        OMNI_PRACTICE_FAULTS="error_503=1",
    )

    assert omni("resolve", "1", "--unknown", "resend").returncode == 2
    assert json.loads(omni("status", "1", "--json").stdout)["contacts"]["unknown"] == 3

    assert omni("resolve", "1", "--unknown", "resend", "--yes").returncode == 0
    assert omni("resume", "1").returncode == 0
    assert json.loads(omni("status", "1", "--json").stdout)["contacts"]["accepted"] == 3


def test_a_database_lost_after_the_launch_leads_to_no_second_campaign(tmp_path, monkeypatch, capsys):
    create, failures = Campaigns.create, iter([True])

    def gone_after_the_commit(self, *given):
        created = create(self, *given)
        if next(failures, False):
            raise StoreError("store.unavailable", detail="gone")
        return created

    monkeypatch.setattr(Campaigns, "create", gone_after_the_commit)
    wiring.console.cache_clear()
    sheet = write_csv_sheet(tmp_path / "contacts.csv", contact_rows(3))
    template = write_template(tmp_path / "t.json", sms_template("Olá"))

    given = (sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes", "--practice")
    code = main(["send", *map(str, given)])

    assert code == 0, capsys.readouterr().err
    assert [each.contacts for each in wiring.console().overview()] == [3]
    assert {row["state"] for row in read_ids(tmp_path / "ids.csv")} == {"accepted"}


def test_an_unknown_practice_fault_is_named_before_anything_is_made(tmp_path):
    sheet = write_csv_sheet(tmp_path / "contacts.csv", contact_rows(3))
    template = write_template(tmp_path / "t.json", sms_template("Olá"))

    done = omni(
        "send",
        sheet,
        "--template",
        template,
        "--out",
        tmp_path / "ids.csv",
        "--yes",
        "--practice",
        OMNI_PRACTICE_FAULTS="sometimes=0.5",
    )

    assert done.returncode == 2
    assert "unknown fault 'sometimes'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_trial_a_time_and_a_halt_from_the_command_line(tmp_path, environment):
    sheet = write_csv_sheet(tmp_path / "contacts.csv", contact_rows(30))
    template = write_template(tmp_path / "t.json", sms_template("Olá"))
    given = (
        "send",
        sheet,
        "--template",
        template,
        "--out",
        tmp_path / "ids.csv",
        "--yes",
        "--practice",
        "--repeats",
        "all",
    )

    trial = omni(*given, "--canary", "4", OMNI_BATCH="2")
    assert trial.returncode == 2
    assert "Held after the first 4 contacts" in trial.stderr
    assert [row["state"] for row in read_ids(tmp_path / "ids.csv")] == ["accepted"] * 4 + ["pending"] * 26
    assert omni("resume", "1").returncode == 0

    later = omni(*given, "--at", "2031-03-09 08:30", "--zone", "America/Bogota")
    assert later.returncode == 0
    assert "Campaign 2 starts by itself on 3/9/31, 8:30 AM (America/Bogota)" in later.stderr.replace("\u202f", " ")
    status = json.loads(omni("status", "2", "--json").stdout)
    assert (status["state"], status["start"]) == ("scheduled", "2031-03-09T13:30:00+00:00")
    assert status["contacts"]["pending"] == 30
    assert "scheduled" in omni("status").stdout
    asked = [each for each in given if each != "--yes"]
    skipped = omni(*asked, "--at", "2031-03-09 02:30", "--zone", "America/Tijuana")
    assert (skipped.returncode, "so it starts at 03:30 (UTC-07:00)" in skipped.stderr) == (2, True)

    past = omni(*given, "--at", "2020-01-01 08:30")
    assert past.returncode == 2
    assert "is in the past" in past.stderr
    assert omni(*given, "--at", "tomorrow").returncode == 2

    halted = omni(*given, OMNI_BATCH="1", OMNI_RATE="20", OMNI_PRACTICE_FAULTS="refused=1")
    assert halted.returncode == 2
    assert "were refused or have an unknown outcome" in halted.stderr
    assert json.loads(omni("status", "3", "--json").stdout)["contacts"]["pending"] > 10


def test_status_lists_workers_apart_from_the_json_and_each_process_once(environment, monkeypatch, capfd):
    monkeypatch.setenv("OMNI_LANGUAGE", "en")
    wiring.console.cache_clear()
    database = open_database(f"sqlite:///{environment / 'omni.db'}")
    for owner in ("seat.1", "waiting.1"):
        Ledger(database).join(owner, {"host": "worker-1.example.com", "pid": 4711}, "nobody")
    database.close()
    assert main(["status"]) == 0
    written = capfd.readouterr()
    assert written.err.count("worker-1.example.com, process 4711") == 1
    assert written.out == ""
    assert main(["status", "--json"]) == 0
    written = capfd.readouterr()
    assert (json.loads(written.out), written.err) == ([], "")
    wiring.console.cache_clear()
