"""Everything an operator has decided about a campaign that is not sent yet: what a draft holds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from omni.core.field_kind import FieldKind, kind_of_field
from omni.core.steps import EmailStep, MtStep, Step, StepType, VoiceStep
from omni.core.template import Template, destination_fields, needed_fields
from omni.provider.payload import template_from_json, template_to_json
from omni.sheets.checking.duplicates import Duplicates, Same
from omni.sheets.checking.screening import Agreed
from omni.sheets.sheet import ReadOptions

COMMON_FIELDS: Mapping[str, FieldKind] = {
    "phone1": "phone", "phone2": "phone", "email": "email", "recipientName": "text",
}  # fmt: skip
BIN_SIZE = 20

Whom = Literal["others", "all"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A spreadsheet on our disk: the name its owner gave it, and what it is known by."""

    name: str
    stored: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Start:
    """A moment as people name it: ``local`` is ``2026-11-27T09:00``, ``zone`` an IANA time zone."""

    local: str
    zone: str

    @property
    def epoch(self) -> float:
        """UTC seconds. Of an hour that the clocks go through twice, the first; one they leave out is the next."""
        return datetime.fromisoformat(self.local).replace(tzinfo=ZoneInfo(self.zone)).timestamp()


@dataclass(frozen=True, slots=True)
class RecentSendsChoice:
    """Whom to send to although some were sent to lately: the others alone, or all. ``finding`` is what it is about."""

    whom: Whom
    finding: str


@dataclass(frozen=True, slots=True)
class Preparation:
    """The state of a draft. ``step_ids`` name the template's steps while they are moved about; ``bin`` keeps
    deleted ones so that a deletion can be undone. ``fixes`` is what the cells corrected here are known by: they are
    contacts, and lie in the draft's folder. ``canary`` contacts go out ahead of the others, 0 for none; without
    ``start`` the campaign starts when it is sent. ``repeats`` is what was decided about people sent to lately."""

    upload: Upload | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    mapping: Mapping[str, str] = field(default_factory=dict)
    country: str = "BR"
    duplicates: Duplicates = "keep_first"
    same: Same = "first"
    agreed: Agreed = field(default_factory=Agreed)
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
        """The same with other steps, all of them under new names, the first one selected."""
        ids = tuple(new_step_id() for _ in template.steps)
        return replace(self, template=template, step_ids=ids, selected=ids[0] if ids else None, bin={})

    def fields(self) -> dict[str, FieldKind]:
        """The contactInfo keys to match with columns, and what each holds: those the steps need, then those
        already matched; without steps the ones most campaigns use."""
        needed = needed_fields(self.template) if self.template.steps else dict(COMMON_FIELDS)
        used = destination_fields(self.template)
        return needed | {name: used.get(name) or kind_of_field(name) for name in self.mapping if name not in needed}


def new_step_id() -> str:
    """A name for a step, unique enough within a draft."""
    return "s" + secrets.token_hex(6)


def new_step(kind: StepType, fields: Mapping[str, FieldKind]) -> Step:
    """An empty step that sends to the first fitting field."""
    wanted = "email" if kind == "EMAIL" else "phone"
    destination = next((name for name, holds in fields.items() if holds == wanted), "")
    if kind == "MT":
        return MtStep(destination_field=destination, message_text="", flash_sms=False)
    if kind == "VOICE":
        return VoiceStep(destination_field=destination, tts_message="")
    return EmailStep(destination_field=destination, subject="", from_email="", email_html="")


def to_json(preparation: Preparation) -> dict[str, Any]:
    """The draft's body, ready for JSON."""
    body = {
        "upload": asdict(preparation.upload) if preparation.upload else None,
        "reading": asdict(preparation.reading),
        "mapping": dict(preparation.mapping),
        "country": preparation.country,
        "duplicates": preparation.duplicates,
        "same": preparation.same,
        "agreed": asdict(preparation.agreed),
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
    """The draft as it was saved."""
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
        country=body.get("country", "BR"),
        duplicates=body.get("duplicates", "keep_first"),
        same=body.get("same", "first"),
        agreed=Agreed(**body.get("agreed", {})),
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
