"""From a frozen campaign to the report: one row per key, in sheet order, every id in its place or listed separately."""

from __future__ import annotations

import csv
import time
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import orjson
import pytest

from omni.errors import CampaignError
from omni.locale import Text
from omni.ports import Answer
from omni.provider.request_body import correlation_ids, destinations_of, fields_of, rewritten
from omni.provider.response import judge
from omni.service import reporting
from omni.service.launching import Launch, launch
from omni.service.reporting import header_of, report, write_report
from omni.store.campaigns.campaigns import Campaigns
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.ledger.withholding import BodyReader
from omni.store.people.do_not_contact import DoNotContact
from tests.builders import contact_rows, phone, sms_template
from tests.service.desk import prepare


def frozen(database, made, key="key", draft_id=None):
    order = Launch(key=key, name="November", practice=True, created_by="ana", draft_id=draft_id)
    return launch(Campaigns(database), order, "practice", "practice", made.preparation, made.checked, made.plan)


def answer_all(database, answer_for):
    """Claim everything, record ``answer_for(body)`` for each request, and return the bodies in claim order."""
    sends = Sends(practice=True, account=None, endpoint=None, rate=9000.0)
    ledger = Ledger(database, sends, BodyReader(destinations_of, fields_of, rewritten))
    ledger.join("worker", {}, "")
    posted = []
    while claimed := ledger.turn("worker", [], 50)[0]:
        finished = []
        for each in claimed:
            body = ledger.bodies([each])[each.request_id]
            posted.append(body)
            answer = answer_for(body)
            finished.append((each, answer, judge(answer, correlation_ids(body))))
        ledger.turn("worker", finished, 0)
    return posted


def ids_for(body, count=None):
    """Build an answer with an id for each contact, or for ``count`` of them, each naming the phone it belongs to."""
    contacts = orjson.loads(body)["contacts"]
    messages = [
        {"id": f"id-{one['contactInfo']['phone1']}", "correlationId": f"c-{at}"} for at, one in enumerate(contacts)
    ]
    raw = orjson.dumps({"id": "batch-1", "messages": messages[:count]})
    return Answer(200, raw, None, None, time.time())


def rows_of(database, campaign_id):
    header, parts = report(Campaigns(database), campaign_id, Text("en"))
    rows = reporting.rows_of(parts)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_bytes_posted_are_the_bytes_reviewed(database, tmp_path):
    made = prepare(tmp_path, contact_rows(7), sms_template("Oi {{Nome}}, ação"), batch=2)
    frozen(database, made)
    assert sorted(answer_all(database, ids_for)) == sorted(made.plan.bodies_in_order())


def test_one_key_makes_one_campaign_however_often_and_at_once(database, tmp_path):
    made = prepare(tmp_path, contact_rows(20), sms_template("Oi {{Nome}}"))
    with ThreadPoolExecutor(4) as pool:
        created = list(pool.map(lambda _: frozen(database, made), range(4)))
    assert len({one.id for one in created}) == 1
    assert sum(one.is_new for one in created) == 1
    assert len(Campaigns(database).list()) == 1


def test_personal_texts_spread_over_requests_come_back_in_the_sheets_order(database, tmp_path):
    rows = [[f"{at:03d}", "Ana" if at % 2 else "Bia", phone(at), ""] for at in range(1, 8)]
    campaign = frozen(database, prepare(tmp_path, rows, sms_template("Oi {{Nome}}")))
    answer_all(database, ids_for)

    found = rows_of(database, campaign.id)

    assert [row["Código"] for row in found] == [row[0] for row in rows]
    assert [row["row"] for row in found] == [str(at) for at in range(2, 9)]
    assert [row["id"] for row in found] == [f"id-{phone(at)}" for at in range(1, 8)]
    assert {(row["state"], row["batchId"], row["step plan"]) for row in found} == {
        ("accepted", "batch-1", "1 MT phone1")
    }


def test_ids_without_a_certain_contact_are_in_the_report_as_well(database, tmp_path):
    campaign = frozen(database, prepare(tmp_path, contact_rows(4), sms_template()))
    answer_all(database, lambda body: ids_for(body, 3))

    found = rows_of(database, campaign.id)

    assert {(row["state"], row["id"]) for row in found} == {("unknown", "")}
    told = " ".join(row["detail"] for row in found)
    assert all(f"id-{phone(at)}" in told for at in (1, 2, 3))


def test_more_ids_than_contacts_are_all_reported(database, tmp_path):
    campaign = frozen(database, prepare(tmp_path, contact_rows(2), sms_template()))
    raw = orjson.dumps({"id": "b", "messages": [{"id": f"extra-{at}"} for at in range(5)]})
    answer_all(database, lambda _body: Answer(200, raw, None, None, time.time()))
    told = " ".join(row["detail"] for row in rows_of(database, campaign.id))
    assert all(f"extra-{at}" in told for at in range(5))


def test_contacts_with_a_correlation_id_of_their_own_are_paired_by_it(database, tmp_path):
    made = prepare(tmp_path, contact_rows(3), sms_template(), mapping={"correlationId": "Código"})
    campaign = frozen(database, made)

    def shuffled(body):
        own = correlation_ids(body)
        messages = [{"id": f"for-{one}", "correlationId": one} for one in reversed(own[1:])]
        return Answer(200, orjson.dumps({"id": "b", "messages": messages}), None, None, time.time())

    answer_all(database, shuffled)
    assert [(row["state"], row["id"]) for row in rows_of(database, campaign.id)] == [
        ("unknown", ""),
        ("accepted", "for-00002"),
        ("accepted", "for-00003"),
    ]
    counts = Campaigns(database).progress(campaign.id).counts
    assert (counts["accepted"], counts["unknown"]) == (2, 1)


def test_a_resent_request_keeps_the_ids_of_both_attempts(database, tmp_path):
    campaign = frozen(database, prepare(tmp_path, contact_rows(2), sms_template()))
    answer_all(database, lambda body: ids_for(body, 1))
    Unknowns(database).decide(campaign.id, "resend", "ana")
    answer_all(database, ids_for)

    found = rows_of(database, campaign.id)
    assert [row["id"] for row in found] == [f"id-{phone(1)}", f"id-{phone(2)}"]
    assert f"id-{phone(1)}" in found[0]["detail"]


def test_ids_of_an_earlier_attempt_stay_with_their_contacts_after_a_removal(database, tmp_path):
    campaign = frozen(database, prepare(tmp_path, contact_rows(4), sms_template()))
    answer_all(database, lambda body: ids_for(body, 3))  # three ids for four contacts, which cannot be paired
    DoNotContact(database).add([phone(2)], "", "ana")
    Unknowns(database).decide(campaign.id, "resend", "ana")
    lost = Answer(None, b"", "timeout", None, time.time())
    assert len(answer_all(database, lambda _body: lost)) == 1

    found = rows_of(database, campaign.id)
    assert {(row["state"], row["id"]) for row in found} == {("unknown", "")}
    told = " ".join(row["detail"] for row in found)
    assert all(f"id-{phone(at)}" in told for at in (1, 2, 3))


@pytest.mark.parametrize(
    ("language", "first_bytes", "delimiter"),
    [
        ("pt_BR", b"\xef\xbb\xbf", ";"),
        ("es", b"\xef\xbb\xbf", ";"),
        ("en", b"C", ","),
    ],
)
def test_csv_is_written_as_the_languages_excel_wants_it(database, tmp_path, language, first_bytes, delimiter):
    campaign = frozen(database, prepare(tmp_path, contact_rows(2), sms_template()))
    path = tmp_path / "ids.csv"
    write_report(Campaigns(database), campaign.id, path, Text(language))
    raw = path.read_bytes()
    assert raw.startswith(first_bytes)
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=delimiter))
    assert rows[1][:3] == ["00001", "Pessoa 1", phone(1)]


def test_cells_that_start_a_formula_are_inert_and_codes_stay_text(database, tmp_path):
    rows = [["007", "=HYPERLINK(1)", phone(1), ""]]
    campaign = frozen(database, prepare(tmp_path, rows, sms_template()))
    for name in ("ids.csv", "ids.xlsx"):
        write_report(Campaigns(database), campaign.id, tmp_path / name, Text("en"))
    cells = (tmp_path / "ids.csv").read_text("utf-8").splitlines()[1].split(",")
    assert cells[0] == "007"
    assert not cells[1].startswith("=")
    sheet = openpyxl.load_workbook(tmp_path / "ids.xlsx").active
    assert [(cell.value, cell.data_type) for cell in sheet[2]][:3] == [
        ("007", "s"),
        ("=HYPERLINK(1)", "s"),
        (phone(1), "s"),
    ]


def test_our_columns_never_cover_one_of_the_sheet():
    assert header_of(["id", "omni_id", "Nome"])[3:6] == ["row", "state", "omni_omni_id"]


def test_a_report_that_is_neither_csv_nor_xlsx_is_refused_unread(database, tmp_path):
    with pytest.raises(CampaignError) as raised:
        write_report(Campaigns(database), 1, tmp_path / "ids.pdf", Text("en"))
    assert raised.value.code == "campaign.report_format"
