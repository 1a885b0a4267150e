"""Every row is accounted for: ready, rejected or a duplicate, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.core.destination import normalise_email, normalise_phone
from omni.core.match_key import match_key
from omni.core.problem import Problem
from omni.core.suppression import SUPPRESS
from omni.sheets.checking.check import Checked, Counts, check
from omni.sheets.checking.duplicates import DUPLICATES, SAME
from omni.sheets.checking.findings import PARAMS
from omni.sheets.checking.screening import Agreed, screen
from omni.sheets.checking.suppression import OptedOut, Unwanted
from omni.sheets.sheet import Assumptions, Sheet
from omni.sheets.string_columns import parts

KINDS = {"phone1": "phone", "phone2": "phone", "email": "email", "name": "text"}
COLUMNS = {"phone1": "Celular", "phone2": "Fixo", "email": "E-mail", "name": "Nome"}
NOT_AGREED = Agreed()
SMS, CALL, MAIL = ("phone1", "phone"), ("phone2", "phone"), ("email", "email")
A, B, C = "11900000001", "11900000002", "11900000003"


def checked(
    rows,
    steps=(SMS, CALL, MAIL),
    duplicates="keep_first",
    same="first",
    blank=0,
    hidden=0,
    numbers=None,
    sms=(),
    listed=(),
    agreed=NOT_AGREED,
    country="BR",
    suppress="contact",
    **unwanted,
) -> Checked:
    """Check rows of (mobile, landline, e-mail), numbered from 2."""
    full = [(*row, *[""] * (3 - len(row)), "Ana") for row in rows]
    table = pa.table(
        {header: pa.array([row[at] for row in full], pa.string()) for at, header in enumerate(COLUMNS.values())}
    )
    places = pa.array(numbers or range(2, len(rows) + 2), pa.int64())
    sheet = Sheet(tuple(COLUMNS.values()), table, places, blank, hidden, Assumptions(format="csv", header_row=1))
    return check(
        screen(sheet, COLUMNS, KINDS, country, agreed),
        sheet,
        steps,
        duplicates,
        same,
        sms,
        Unwanted(suppress, pa.array(list(map(match_key, listed)), pa.string()), **unwanted),
    )


def problems(found: Checked) -> Iterator[Problem]:
    """Yield the findings, part by part on demand."""
    for part in parts(len(found.plan)):
        for reported in found.findings(*part).to_pylist():
            params = {name: reported[name] for name in PARAMS if reported[name] is not None}
            yield Problem(
                reported["code"],
                reported["severity"],
                row=reported["row"],
                column=reported["column"],
                field=reported["field"],
                value=reported["value"],
                params=params,
            )


def test_a_row_is_ready_when_a_step_reaches_it_and_its_plan_says_which():
    found = checked(
        [(A, "1130000001", "a@example.com"), ("", "1130000002", ""), ("x", "", "c@example.com"), ("x", "", "")]
    )
    assert found.status.to_pylist() == ["ready", "ready", "ready", "rejected"]
    assert found.plan.to_pylist() == [0b111, 0b010, 0b100, 0]
    assert (found.reach, found.unreached) == ((1, 2, 2), 1)
    assert found.counts == Counts(read=4, ready=3, repaired=2, rejected=1, duplicate=0, blank=0, hidden=0)


def test_a_field_used_by_two_steps_reaches_by_both():
    found = checked([(A,)], steps=(SMS, MAIL, SMS))
    assert (found.plan.to_pylist(), found.reach) == ([0b101], (1, 0, 1))


def test_a_step_without_its_field_or_of_another_kind_reaches_no_contact():
    found = checked([(A, "", "a@example.com")], steps=(("phone9", "phone"), ("phone1", "email"), ("name", "phone")))
    assert (found.status.to_pylist(), found.reach) == (["rejected"], (0, 0, 0))
    assert list(problems(found)) == [Problem("contact.no_destination", "error", row=2)]


def test_addresses_in_other_letter_case_are_one_and_go_out_unchanged():
    rows = [("", "", "Ana.Souza@gmail.com"), ("", "", "ana.souza@GMAIL.com"), ("", "", "bia@gmail.com")]
    found = checked(rows, steps=(MAIL,))
    assert found.status.to_pylist() == ["ready", "duplicate", "ready"]
    assert found.first.to_pylist() == [None, 2, None]
    assert dict(found.shared)["email"] == 1


def test_without_steps_any_known_destination_makes_a_row_ready():
    found = checked([(A,), ("", "", "a@example.com"), ("x",), (B, "", "x"), (A,)], steps=())
    assert found.status.to_pylist() == ["ready", "ready", "rejected", "ready", "duplicate"]
    assert (found.plan.to_pylist(), found.reach) == ([0] * 5, ())


R, D = "ready", "duplicate"
LIKE_EACH_OTHER = [
    (A, "", "a@example.com"),
    ("(11) 90000-0001", "", "a@EXAMPLE.com"),
    (A, "", "b@example.com"),
    (B, "", "a@example.com"),
    ("", "1130000009", "c@example.com"),
    (C, "+55 11 3000-0009", "d@example.com"),
    ("", "", "d@example.com"),
]


@pytest.mark.parametrize(
    ("same", "duplicates", "status", "first"),
    [
        ("first", "keep_first", [R, D, D, R, R, R, R], [None, 2, 2, None, None, None, None]),
        ("first", "keep_all", [R, R, R, R, R, R, R], [None, 2, 2, None, None, None, None]),
        ("first", "drop_all", [D, D, D, R, R, R, R], [2, 2, 2, None, None, None, None]),
        ("every", "keep_first", [R, D, R, R, R, R, R], [None, 2, None, None, None, None, None]),
        ("every", "drop_all", [D, D, R, R, R, R, R], [2, 2, None, None, None, None, None]),
        ("any", "keep_first", [R, D, D, D, R, D, R], [None, 2, 2, 2, None, 6, None]),
        ("any", "drop_all", [D, D, D, D, D, D, R], [2, 2, 2, 2, 6, 6, None]),
    ],
)
def test_when_rows_are_duplicates_and_what_becomes_of_them(same, duplicates, status, first):
    found = checked(LIKE_EACH_OTHER, duplicates=duplicates, same=same)
    assert found.status.to_pylist() == status
    assert found.first.to_pylist() == first
    assert (found.counts.ready, found.counts.duplicate) == (status.count(R), status.count(D))
    assert found.shared == {"phone1": 2, "phone2": 1, "email": 3}


def test_a_destination_tried_first_is_a_duplicate_across_columns():
    found = checked([(A,), ("", "(11) 90000-0001"), (B, A)])
    assert found.status.to_pylist() == [R, D, R]
    assert checked([(A,), (B, A)], same="any").status.to_pylist() == [R, D]


def test_only_what_the_steps_use_makes_rows_alike():
    rows = [(A, "", "a@example.com"), (B, "", "a@example.com"), (A,)]
    assert checked(rows, steps=(SMS,), same="any").status.to_pylist() == [R, R, D]
    assert checked(rows, steps=(MAIL,), same="any").status.to_pylist() == [R, D, "rejected"]


def test_rejected_rows_are_no_duplicates_of_each_other():
    assert checked([("x",), ("x",), ("",), ("",)]).status.to_pylist() == ["rejected"] * 4


def test_findings_come_in_the_order_of_the_rows_and_say_how_bad_they_are():
    found = checked(
        [("900000001", "", ""), ("900000002", "", "b@example.com"), ("", "", ""), (C,), (C,), ("x", "y", "z")],
        numbers=[3, 4, 7, 9, 12, 15],
    )
    assert list(problems(found)) == [
        Problem("phone.area_code_missing", "error", row=3, column="Celular", field="phone1", value="900000001"),
        Problem("phone.area_code_missing", "warning", row=4, column="Celular", field="phone1", value="900000002"),
        Problem("contact.no_destination", "error", row=7),
        Problem("contact.duplicate", "warning", row=12, params={"first": 9}),
        Problem("phone.letters", "error", row=15, column="Celular", field="phone1", value="x"),
        Problem("phone.letters", "error", row=15, column="Fixo", field="phone2", value="y"),
        Problem("email.malformed", "error", row=15, column="E-mail", field="email", value="z"),
    ]


def test_a_landline_is_warned_of_where_an_sms_would_go_and_nowhere_else():
    rows = [("1130000001", "1130000002", ""), (A, "1130000003", ""), ("1130000001", "", "")]
    assert [(problem.code, problem.row, problem.field) for problem in problems(checked(rows, sms=["phone1"]))] == [
        ("phone.landline_in_sms", 2, "phone1"),
        ("contact.duplicate", 4, None),
    ]
    assert [problem.code for problem in problems(checked(rows))] == ["contact.duplicate"]


@pytest.mark.parametrize(
    ("agreed", "code", "severity", "status"),
    [
        (Agreed(), "phone.foreign", "error", "rejected"),
        (Agreed(allow_foreign=True), "phone.foreign_allowed", "warning", "ready"),
    ],
)
def test_a_number_of_another_country_is_reported_with_its_country(agreed, code, severity, status):
    found = checked([("+54 9 11 2345-6789",), ("+1 809 234 5678",)], steps=(SMS,), agreed=agreed)
    assert found.status.to_pylist() == [status] * 2
    assert [(problem.code, problem.severity, problem.params) for problem in problems(found)] == [
        (code, severity, {"country": "AR"}),
        (code, severity, {"country": "DO"}),
    ]


def test_a_foreign_landline_is_reported_as_both_and_nothing_is_proposed():
    found = checked([("+54 11 4321-0000",)], steps=(SMS,), agreed=Agreed(allow_foreign=True), sms=["phone1"])
    assert [(problem.code, problem.params) for problem in problems(found)] == [
        ("phone.foreign_allowed", {"country": "AR"}),
        ("phone.landline_in_sms", {}),
    ]


@pytest.mark.parametrize(
    ("written", "home", "abroad", "code", "country"),
    [
        ("+52 1 55 1234 5678", "MX", "BR", "phone.mexico_one", "MX"),
        ("+55 11 8000-0001", "BR", "MX", "phone.nine_added", "BR"),
    ],
)
def test_a_repaired_foreign_number_is_reported_as_repaired_and_foreign(written, home, abroad, code, country):
    agreed = Agreed(allow_foreign=True, add_nine=True)

    def reported(country):
        rows = [("",), (written,), ("+54 9 11 2345-6789",)]
        found = problems(checked(rows, steps=(SMS,), agreed=agreed, country=country))
        return [(problem.code, problem.params.get("country")) for problem in found if problem.row == 3]

    assert reported(home) == [(code, None)]
    assert reported(abroad) == [(code, None), ("phone.foreign_allowed", country)]


def test_a_contact_with_any_listed_destination_is_left_out():
    rows = [
        ("(11) 98000-0001", "", "a@example.com"),
        (B, "1130000002", "b@example.com"),
        ("", "", "Bia@EXAMPLE.com"),
        ("x", "", "bia@example.com"),
        (C, "", "c@example.com"),
    ]
    listed = ["551180000001", "551130000002", "bIA@example.com"]
    for steps in ((SMS, CALL, MAIL), (SMS,), (MAIL,), ()):
        found = checked(rows, steps, listed=listed)
        assert found.status.to_pylist() == ["suppressed"] * 4 + [R]
        assert (found.counts.suppressed, found.counts.rejected) == (4, 0)
    reasons = [(problem.code, problem.row, problem.column, problem.value) for problem in problems(found)]
    assert reasons == [
        ("contact.suppressed", 2, "Celular", "(11) 98000-0001"),
        ("contact.suppressed", 3, "Fixo", "1130000002"),
        ("contact.suppressed", 4, "E-mail", "Bia@EXAMPLE.com"),
        ("phone.letters", 5, "Celular", "x"),
        ("contact.suppressed", 5, "E-mail", "bia@example.com"),
    ]
    assert found.left_out == {
        ("contact.suppressed", "Celular"): 1,
        ("contact.suppressed", "Fixo"): 1,
        ("contact.suppressed", "E-mail"): 2,
    }


def test_a_listed_address_in_a_column_that_is_not_mapped_leaves_the_contact_out():
    further = {"Nome": pa.chunked_array([["ana@example.com", "", "bia@example.com"]])}
    found = checked([(A,), (B,), (C,)], steps=(SMS,), listed=["ana@example.com"], further=further)
    assert found.status.to_pylist() == ["suppressed", R, R]
    assert [(problem.code, problem.column) for problem in problems(found)] == [("contact.suppressed", "Nome")]


def test_the_nine_of_argentine_mobiles_is_added_to_all_only_when_agreed():
    rows = [("11 2345-6792",), ("0800 777 1234",), ("+55 11 98765-0001",)]
    asked = checked(rows, steps=(SMS,), country="AR", sms=["phone1"])
    assert next(problems(asked)).code == "phone.landline_in_sms"
    given = checked(rows, steps=(SMS,), country="AR", sms=["phone1"], agreed=Agreed(add_nine=True))
    found = [(problem.code, problem.params) for problem in problems(given)]
    assert found[0] == ("phone.argentine_nine_added", {"proposal": "5491123456792"})
    assert found[1] == ("phone.service_in_sms", {})


def opted_out(out, unclear=(), channels=(), is_refusal=True, rows=4):
    return OptedOut(
        "Nome",
        np.isin(np.arange(rows), out),
        np.isin(np.arange(rows), unclear),
        frozenset(channels),
        is_refusal,
    )


CHANNELS = {"phone1": frozenset({"sms"}), "phone2": frozenset({"call"}), "email": frozenset({"email"})}


def test_a_row_that_opted_out_is_left_out_and_so_is_the_same_contact_in_another_row():
    rows = [(A, "", "a@example.com"), (B, "", "b@example.com"), ("", "", "A@example.com"), (C,)]
    found = checked(rows, opted_out=[opted_out([0], unclear=[3])], channels=CHANNELS)
    assert found.status.to_pylist() == ["suppressed", R, "suppressed", "suppressed"]
    assert [(problem.code, problem.row, problem.params.get("first")) for problem in problems(found)] == [
        ("contact.opted_out", 2, None),
        ("contact.opted_out_elsewhere", 4, 2),
        ("contact.opt_out_unclear", 5, None),
    ]


@pytest.mark.parametrize(
    ("suppress", "channels", "is_refusal", "steps", "status", "plan"),
    [
        ("contact", ["sms"], False, (SMS, MAIL), "suppressed", 0),
        ("contact", ["sms"], False, (MAIL,), R, 0b1),  # a missing consent to a channel that is not used
        ("contact", ["sms"], True, (MAIL,), "suppressed", 0),  # a refusal leaves the contact out
        ("contact", ["other"], False, (SMS, MAIL), R, 0b11),
        ("destination", ["sms"], False, (SMS, MAIL), R, 0b10),
        ("destination", ["sms"], True, (MAIL,), R, 0b1),
        ("destination", ["sms"], True, (SMS,), "suppressed", 0),
        ("destination", [], True, (SMS, MAIL), "suppressed", 0),
    ],
)
def test_an_answer_about_one_channel(suppress, channels, is_refusal, steps, status, plan):
    used = {name: CHANNELS[name] for name, _ in steps}
    said = opted_out([0], channels=channels, is_refusal=is_refusal, rows=1)
    found = checked([(A, "", "a@example.com")], steps, suppress=suppress, opted_out=[said], channels=used)
    assert (found.status.to_pylist(), found.plan.to_pylist()) == ([status], [plan])


def test_one_argentine_line_is_one_contact_and_is_sent_with_the_nine():
    written = ["11 2345-6792", "+54 9 11 2345-6792", "011 15 2345-6792", "+54 11 2345 6792", "11 2345-6793"]
    found = checked([(each,) for each in written], steps=(SMS,), country="AR")
    assert found.status.to_pylist() == [R, "duplicate", "duplicate", "duplicate", R]
    listed = checked([(each,) for each in written], steps=(SMS,), country="AR", listed=["541123456792"])
    assert listed.status.to_pylist() == ["suppressed"] * 4 + [R]


def test_listed_contacts_are_left_out_in_any_notation():
    rows = [
        ("(11) 98000-0001", "", "a@example.com"),
        (B, "1130000002", "b@example.com"),
        ("(11) 90000-0003", "", ""),
        ("", "", "Bia@EXAMPLE.com"),
        ("11900000004",),
    ]
    listed = ["551180000001", "5511900000003", "bIA@example.com", "5511900000002", "551130000002"]
    found = checked(rows, listed=listed, suppress="destination")
    assert found.status.to_pylist() == [R, R, "suppressed", "suppressed", R]
    assert found.plan.to_pylist() == [0b100, 0b100, 0, 0, 0b001]
    assert (found.counts.ready, found.counts.suppressed, found.counts.rejected) == (3, 2, 0)
    assert (found.reach, found.counts.read) == ((1, 0, 2), 5)
    assert [(problem.code, problem.row, problem.field) for problem in problems(found)] == [
        ("contact.suppressed_destination", 2, "phone1"),
        ("contact.suppressed_destination", 3, "phone1"),
        ("contact.suppressed_destination", 3, "phone2"),
        ("contact.suppressed", 4, "phone1"),
        ("contact.suppressed", 5, "email"),
    ]
    assert checked(rows, steps=(SMS,), listed=listed, suppress="destination").status.to_pylist() == [
        "suppressed",
        "suppressed",
        "suppressed",
        "rejected",
        R,
    ]
    without_steps = checked(rows, steps=(), listed=listed, suppress="destination")
    assert without_steps.status.to_pylist() == [R, R, "suppressed", "suppressed", R]


def test_a_listed_destination_makes_no_two_rows_alike():
    found = checked(
        [(A, "", "a@example.com"), (A, "", "b@example.com")], listed=["5511900000001"], suppress="destination"
    )
    assert found.status.to_pylist() == [R, R]


def test_the_likely_meaning_is_given_with_the_finding():
    found = checked([("11 8000-0001", "", "ana@gmial.com"), (A, "", "bia@gmial.com")], steps=(SMS, MAIL))
    assert [(problem.code, problem.severity, problem.params) for problem in problems(found)] == [
        ("phone.nine_missing", "warning", {"proposal": "5511980000001"}),
        ("email.typo", "warning", {"proposal": "ana@gmail.com"}),
        ("email.typo", "warning", {"proposal": "bia@gmail.com"}),
    ]
    only_sms = checked([("11 8000-0001", "", "ana@gmial.com")], steps=(SMS,))
    assert [(problem.code, problem.severity) for problem in problems(only_sms)] == [("phone.nine_missing", "error")]


def test_a_bad_cell_that_no_step_uses_keeps_no_row_out():
    found = checked([(A, "", "z"), ("", "", "z")], steps=(SMS,))
    assert [(problem.code, problem.severity, problem.row) for problem in problems(found)] == [
        ("email.malformed", "warning", 2),
        ("email.malformed", "warning", 3),
        ("contact.no_destination", "error", 3),
    ]


def test_blank_and_hidden_rows_are_part_of_what_was_read():
    found = checked([(A,), ("x",), (A,)], steps=(SMS,), blank=4, hidden=5)
    assert found.counts == Counts(read=12, ready=1, repaired=1, rejected=1, duplicate=1, blank=4, hidden=5)


def test_a_plan_has_bits_for_sixty_three_steps():
    assert checked([(A,)], steps=(SMS,) * 63).plan.to_pylist() == [2**63 - 1]
    with pytest.raises(ValueError, match="64 steps"):
        checked([(A,)], steps=(SMS,) * 64)


PHONES = st.sampled_from(["", A, B, "+55 11 90000-0001", "900000001", "x", "1130000001"])
MAILS = st.sampled_from(["", "a@example.com", "A@EXAMPLE.COM", "x"])
ROWS = st.lists(st.tuples(PHONES, PHONES, MAILS), min_size=1, max_size=12)
STEPS = st.lists(st.sampled_from([SMS, CALL, MAIL]), max_size=4)


@settings(deadline=None)
@given(
    ROWS,
    STEPS,
    st.sampled_from(DUPLICATES),
    st.sampled_from(SAME),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sets(st.sampled_from(["5511900000001", "5511900000002", "551130000001", "a@example.com"])),
    st.sampled_from(SUPPRESS),
)
def test_the_accounting_always_balances(rows, steps, duplicates, same, blank, hidden, listed, suppress):
    found = checked(rows, steps, duplicates, same, blank, hidden, listed=listed, suppress=suppress)
    assert sum(found.left_out.values()) == found.counts.suppressed
    counts = found.counts
    in_table = counts.ready + counts.rejected + counts.duplicate + counts.suppressed
    assert counts.read == in_table + counts.blank + counts.hidden
    assert counts.read == len(rows) + blank + hidden
    status, plan = found.status.to_pylist(), found.plan.to_pylist()
    assert counts.repaired <= counts.ready == status.count("ready")
    assert found.unreached == status.count("rejected")
    for place, reached in enumerate(found.reach):
        assert reached == sum(one == "ready" and bits >> place & 1 for one, bits in zip(status, plan, strict=True))
    if steps:
        assert all((bits == 0) == (one in ("rejected", "suppressed")) for one, bits in zip(status, plan, strict=True))
    reported = list(problems(found))
    assert [problem.row for problem in reported] == sorted(problem.row for problem in reported)
    rejected = {row for row, one in enumerate(status, start=2) if one == "rejected"}
    assert {problem.row for problem in reported if problem.severity == "error"} == rejected


@settings(deadline=None)
@given(ROWS, STEPS, st.sampled_from(SAME))
def test_of_rows_that_are_the_same_one_is_kept_and_never_two(rows, steps, same):
    found = checked(rows, steps, same=same)
    used = list(dict.fromkeys(steps or (SMS, CALL, MAIL)))
    sent_to = []
    for row, status in zip(rows, found.status.to_pylist(), strict=True):
        places = [value for field, kind in used if (value := normalised(row[list(KINDS).index(field)], kind))]
        every = tuple(normalised(row[list(KINDS).index(field)], kind) for field, kind in used)
        marks = {"first": places[:1], "any": places, "every": [every]}[same]
        if status == R:
            assert not set(marks) & set(sent_to)
            sent_to += marks
        elif status == D:
            assert set(marks) & set(sent_to)


def normalised(cell, kind):
    return ((normalise_phone(cell) if kind == "phone" else normalise_email(cell)).value or "").lower()
