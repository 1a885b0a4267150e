"""``omni send`` after a restore from a backup: refused until the operator confirms that nothing was sent before."""

from __future__ import annotations

import json
import shutil

from tests.builders import contact_rows, sms_template, write_csv_sheet, write_template
from tests.cli.test_send import omni, omni_process


def restore(environment, backup):
    """Restore the database from ``backup``, after subprocesses only: this process might still have the file open."""
    for name in ("omni.db-wal", "omni.db-shm"):
        (environment / name).unlink(missing_ok=True)
    shutil.copy(backup, environment / "omni.db")


def test_a_sheet_sent_after_the_backup_goes_out_again_only_if_confirmed(tmp_path, environment, sandbox):
    provider = sandbox()
    account = {"OMNI_USERNAME": "ana@example.com", "OMNI_TOKEN": "t", "OMNI_ENDPOINT": provider.url}
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(3))
    template = write_template(tmp_path / "t.json", sms_template())
    order = ("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes")
    assert omni_process("status", "--json").stdout.strip() == "[]"
    shutil.copy(environment / "omni.db", tmp_path / "backup.db")
    assert omni_process(*order, "--not-sent-yet", **account).returncode == 0, "nothing to say is no error"
    restore(environment, tmp_path / "backup.db")

    refused = omni(*order, **account)
    assert refused.returncode == 2
    assert "The database was restored from a backup" in refused.stderr
    assert "do-not-contact entries from that time may be missing too. Nothing was sent." in refused.stderr
    assert "add --not-sent-yet" in refused.stderr
    assert refused.stdout == ""
    assert json.loads(omni("status", "--json").stdout) == []
    assert provider.stats()["requests"] == 1
    # A practice campaign is created without the question, but its worker reads the claim journal first and finds more.
    practised = omni(*order, "--practice")
    assert "no longer contains the campaigns sent since then" in practised.stderr
    assert omni("resume", "1").returncode == 0
    assert omni(*order, "--not-sent-yet", **account).returncode == 0
    assert provider.stats()["requests"] == 2


def test_a_campaign_cancelled_after_the_backup_is_paused_and_status_says_why(tmp_path, environment):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(3))
    template = write_template(tmp_path / "t.json", sms_template())
    later = omni_process(
        "send",
        sheet,
        "--template",
        template,
        "--out",
        tmp_path / "ids.csv",
        "--yes",
        "--practice",
        "--at",
        "2031-03-09 08:30",
    )
    assert later.returncode == 0, later.stderr
    shutil.copy(environment / "omni.db", tmp_path / "backup.db")
    assert omni_process("cancel", "1").returncode == 0
    restore(environment, tmp_path / "backup.db")
    status = omni("status", "1")
    assert "Paused: the database was restored from a backup" in status.stderr
    assert omni("status", "1", "--json").stdout.count('"paused"') == 1
