"""Preparation of a campaign: everything that an operator has decided in a draft that is not sent yet."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from omni.core.field_kind import FieldKind, kind_of_field
from omni.core.steps import EmailStep, MtStep, Step, StepType, VoiceStep
from omni.core.suppression import Suppress
from omni.core.template import Template, destination_fields, needed_fields
from omni.provider.payload import template_from_json, template_to_json
from omni.service.suppression import OptOutChoices
from omni.sheets.checking.duplicates import Duplicates, Same
from omni.sheets.checking.gaps import EMPTY_WORDS, GapRule
from omni.sheets.checking.screening import Agreed
from omni.sheets.sheet import ReadOptions

COMMON_FIELDS: Mapping[str, FieldKind] = {
    "phone1": "phone", "phone2": "phone", "email": "email", "recipientName": "text",
}  # fmt: skip
"""contactInfo keys that most campaigns use, with their kinds."""
BIN_SIZE = 20
"""Number of removed steps that are kept."""

Whom = Literal["others", "all"]
"""Choices about recent sends: write only to the other contacts, or to all."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A spreadsheet on the server's disk: its original name, its stored name, its size in bytes and its digest."""

    name: str
    stored: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Start:
    """A moment in local time: ``local`` is like ``2026-11-27T09:00``, ``zone`` is an IANA time zone."""

    local: str
    zone: str

    @property
    def epoch(self) -> float:
        """The moment in UTC epoch seconds.

        Of an hour that the clock repeats, the first one counts; a time that the clock skips is moved on by as much as
        the clock is.
        """
        return self._local.timestamp()

    @property
    def clock_change(self) -> Literal["skipped", "repeated"] | None:
        """Change of the clock at this local time, which is then skipped or passed twice; None on all other days."""
        first, second = self._local, self._local.replace(fold=1)
        if first.utcoffset() == second.utcoffset():
            return None
        back = datetime.fromtimestamp(first.timestamp(), first.tzinfo)
        return "repeated" if back.replace(tzinfo=None) == first.replace(tzinfo=None) else "skipped"

    @property
    def clock_params(self) -> dict[str, str]:
        """Parameters of the sentence about a clock change: the time asked for, that of the start, and its offset."""
        at = datetime.fromtimestamp(self.epoch, ZoneInfo(self.zone))
        offset = f"{at:%z}"
        return {"asked": self.local[11:16], "hour": f"{at:%H:%M}", "offset": f"UTC{offset[:3]}:{offset[3:]}"}

    @property
    def _local(self) -> datetime:
        return datetime.fromisoformat(self.local).replace(tzinfo=ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class RecentSendsChoice:
    """Choice whom to send to although some contacts were written to in the last N days: only the others, or all.

    ``finding`` identifies the recent sends that the choice is about.
    """

    whom: Whom
    finding: str


@dataclass(frozen=True, slots=True)
class Preparation:
    """State of a draft.

    ``step_ids`` name the template's steps while they are moved; ``bin`` keeps removed ones so that a removal can be
    undone. ``fixes`` identifies the corrected cells, which are contacts and therefore lie in the draft's folder.
    ``canary`` contacts are sent to before the others, 0 for none. Without ``start`` the campaign starts when it is
    sent. ``recent_sends`` is the choice about contacts written to in the last N days. ``suppress`` is what an entry of
    the do-not-contact list keeps from being sent to, and ``opt_out`` the decisions about columns that say who opted
    out. ``is_country_chosen`` is true once the operator has chosen or confirmed the country for this spreadsheet.
    ``chosen`` are the columns, by field, that the operator chose where others fit about as well.
    ``gaps`` is the rule for rows that lack a value of a text, ``empty_words`` the values in lower case that count as
    none. ``placeholders`` are the columns that the operator chose for names in the texts.
    """

    upload: Upload | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    mapping: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    country: str = "BR"
    is_country_chosen: bool = False
    duplicates: Duplicates = "keep_first"
    same: Same = "first"
    suppress: Suppress = "contact"
    opt_out: OptOutChoices = field(default_factory=OptOutChoices)
    agreed: Agreed = field(default_factory=Agreed)
    gaps: GapRule = "reject"
    empty_words: tuple[str, ...] = EMPTY_WORDS
    placeholders: Mapping[str, str] = field(default_factory=dict)
    fixes: str = ""
    template: Template = field(default_factory=Template)
    step_ids: tuple[str, ...] = ()
    selected: str | None = None
    bin: Mapping[str, Step] = field(default_factory=dict)
    practice: bool = True
    canary: int = 0
    start: Start | None = None
    recent_sends: RecentSendsChoice | None = None

    def with_template(self, template: Template) -> Preparation:
        """Return the preparation with other steps, all under new ids, the first one selected."""
        ids = tuple(new_step_id() for _ in template.steps)
        return replace(self, template=template, step_ids=ids, selected=ids[0] if ids else None, bin={})

    def with_columns(self, columns: Mapping[str, str]) -> Preparation:
        """Return the preparation with these columns of fields, by the operator's choice."""
        return replace(self, mapping={**self.mapping, **columns}, chosen={**self.chosen, **columns})

    def used_fields(self) -> dict[str, FieldKind]:
        """Return the contactInfo keys that the steps use, with their kinds; without steps, those of ``fields``."""
        return needed_fields(self.template) if self.template.steps else self.fields()

    def fields(self) -> dict[str, FieldKind]:
        """Return the contactInfo keys to map to columns, with their kinds.

        These are the keys that the steps need, then those already mapped; without steps, those that most campaigns use.
        """
        needed = needed_fields(self.template) if self.template.steps else dict(COMMON_FIELDS)
        used = destination_fields(self.template)
        return needed | {name: used.get(name) or kind_of_field(name) for name in self.mapping if name not in needed}


def new_step_id() -> str:
    """Return an id for a step, unique enough within a draft."""
    return "s" + secrets.token_hex(6)


def new_step(kind: StepType, fields: Mapping[str, FieldKind]) -> Step:
    """Return an empty step that sends to the first field of a fitting kind."""
    wanted = "email" if kind == "EMAIL" else "phone"
    destination = next((name for name, holds in fields.items() if holds == wanted), "")
    if kind == "MT":
        return MtStep(destination_field=destination, message_text="", flash_sms=False)
    if kind == "VOICE":
        return VoiceStep(destination_field=destination, tts_message="")
    return EmailStep(destination_field=destination, subject="", from_email="", email_html="")


def to_json(preparation: Preparation) -> dict[str, Any]:
    """Return the draft as stored, ready for JSON."""
    body = {
        "upload": asdict(preparation.upload) if preparation.upload else None,
        "reading": asdict(preparation.reading),
        "mapping": dict(preparation.mapping),
        "chosen": dict(preparation.chosen),
        "country": preparation.country,
        "is_country_chosen": preparation.is_country_chosen,
        "duplicates": preparation.duplicates,
        "same": preparation.same,
        "suppress": preparation.suppress,
        "opt_out": asdict(preparation.opt_out),
        "agreed": asdict(preparation.agreed),
        "gaps": preparation.gaps,
        "empty_words": None if preparation.empty_words == EMPTY_WORDS else list(preparation.empty_words),
        "placeholders": dict(preparation.placeholders),
        "fixes": preparation.fixes,
        "template": template_to_json(preparation.template),
        "step_ids": list(preparation.step_ids),
        "selected": preparation.selected,
        "bin": {},
        "practice": preparation.practice,
        "canary": preparation.canary,
        "start": asdict(preparation.start) if preparation.start else None,
        "repeats": asdict(preparation.recent_sends) if preparation.recent_sends else None,
    }
    kept = list(preparation.bin.items())[-BIN_SIZE:]
    body["bin"] = {
        "ids": [name for name, _ in kept],
        "steps": template_to_json(Template(steps=tuple(step for _, step in kept)))["steps"],
    }
    return body


def from_json(body: Mapping[str, Any]) -> Preparation:
    """Return the draft from its stored form."""
    template = template_from_json(body["template"])
    ids = tuple(body.get("step_ids", ()))
    if len(ids) != len(template.steps):
        ids = tuple(new_step_id() for _ in template.steps)
    upload = body.get("upload")
    binned = body.get("bin") or {"ids": [], "steps": []}
    return Preparation(
        upload=Upload(**upload) if upload else None,
        reading=ReadOptions(**body.get("reading", {})),
        mapping=body.get("mapping", {}),
        chosen=body.get("chosen", {}),
        country=body.get("country", "BR"),
        is_country_chosen=bool(body.get("is_country_chosen", False)),
        duplicates=body.get("duplicates", "keep_first"),
        same=body.get("same", "first"),
        suppress=body.get("suppress", "contact"),
        opt_out=_opt_out(body.get("opt_out", {})),
        agreed=Agreed(**body.get("agreed", {})),
        gaps=body.get("gaps", "reject"),
        empty_words=EMPTY_WORDS if body.get("empty_words") is None else tuple(body["empty_words"]),
        placeholders=body.get("placeholders", {}),
        fixes=body.get("fixes", ""),
        template=template,
        step_ids=ids,
        selected=body.get("selected"),
        bin=dict(zip(binned["ids"], template_from_json({"steps": binned["steps"]}).steps, strict=True)),
        practice=bool(body.get("practice", True)),
        canary=body.get("canary", 0),
        start=Start(**body["start"]) if body.get("start") else None,
        recent_sends=RecentSendsChoice(**body["repeats"]) if body.get("repeats") else None,
    )


def _opt_out(body: Mapping[str, Any]) -> OptOutChoices:
    return OptOutChoices(tuple(body.get("ignored", ())), body.get("values", {}))
