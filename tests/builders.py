"""Valid objects for tests, so that a test names only the values it is about."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omni.core.rendering import render_step
from omni.core.steps import Step

TEMPLATE: Mapping[str, Any] = {
    "campaignAlias": "November",
    "steps": [
        {"type": "MT", "destinationField": "phone1", "messageText": "Your order is ready.", "flashSms": False},
        {"type": "VOICE", "destinationField": "phone2", "ttsMessage": "Your order is ready.", "timeout": 3},
        {"type": "EMAIL", "destinationField": "email", "recipientName": "recipientName", "subject": "Your order",
         "replyTo": "reply@example.com", "fromEmail": "shop@example.com", "fromName": "The shop",
         "emailText": "Your order is ready.", "emailHtml": "<p>Your order is ready.</p>"},
    ],
}  # fmt: skip
"""A template of an SMS, then a call, then an e-mail, with every field."""


def sms_template(text: str = "Your order is ready.") -> dict[str, Any]:
    """A template of one SMS to phone1."""
    return {
        "campaignAlias": "November",
        "steps": [{"type": "MT", "destinationField": "phone1", "messageText": text, "flashSms": False}],
    }


def write_template(path: Path, template: Mapping[str, Any] = TEMPLATE) -> Path:
    """Write the template as a JSON file."""
    path.write_text(json.dumps(template, ensure_ascii=False), "utf-8")
    return path


def phone(number: int) -> str:
    """Invented mobile number of São Paulo, with country code; ``number`` selects which."""
    return str(5511900000000 + number)


def contact_rows(count: int) -> list[list[str]]:
    """Rows of ``count`` contacts: code with leading zeros, name, mobile, e-mail."""
    return [[f"{at:05d}", f"Pessoa {at}", phone(at), f"pessoa{at}@example.com"] for at in range(1, count + 1)]


HEADER = ("Código", "Nome", "Celular", "E-mail")


def write_csv_sheet(
    path: Path,
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Path:
    """Write a CSV file as a spreadsheet program would."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return path


def write_xlsx_sheet(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> Path:
    """Write a workbook with one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [header, *rows]:
        book.active.append(list(row))
    book.save(path)
    return path


def render_steps(steps: Sequence[Step], values: Mapping[str, str]) -> tuple[Step, ...]:
    """Render all steps for one contact, one by one."""
    return tuple(render_step(step, values) for step in steps)
