"""The settings in force as cards, each value with its source, and the workers. The token itself is never shown."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.core.halt_rule import HaltRule
from omni.core.hours import Hours
from omni.locale.countries import country_name
from omni.ui.components.facts import Fact, facts
from omni.ui.keys import key
from omni.ui.text import moment, t, text
from omni.wiring import Console

_ICONS: Final = {"account": "key", "sending": "speed", "data": "folder", "practice": "science"}
_WITHOUT_DEFAULT: Final = ("OMNI_USERNAME", "OMNI_TOKEN")
_DATABASES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def cards(console: Console) -> None:
    """Show a card for each group of settings."""
    with st.grid(2, min_column_width=320, gap="medium"):
        for group, pairs in groups(console).items():
            with st.container(border=True, height="stretch"):
                st.subheader(f":material/{_ICONS[group]}: {t(f'settings.{group}')}", anchor=False)
                facts(pairs, key=key("settings", group), stacked=True)


def workers(console: Console) -> None:
    """Show the workers that send from this database, on whichever machine they run."""
    with st.container(border=True):
        st.subheader(f":material/dns: {t('settings.workers')}", anchor=False)
        found = [
            Fact(
                str(each.info.get("host") or each.id),
                t("settings.worker_since", when=moment(each.started_at)),
                note=t("settings.worker_heard", pid=str(each.info.get("pid") or "?"), when=moment(each.beat)),
            )
            for each in console.workers()
        ]
        if found:
            facts(found, key=key("settings", "workers"), stacked=True)
        else:
            st.caption(t("settings.no_workers"))


def groups(console: Console) -> dict[str, list[Fact]]:
    """Return the facts of each group of the table of settings. Of the database only its kind is shown."""
    shown = _shown(console)
    return {
        group: [
            _fact(console, setting.name, *shown[setting.name]) for setting in wiring.SETTINGS if setting.group == group
        ]
        for group in _ICONS
    }


def _shown(console: Console) -> dict[str, tuple[str, bool]]:
    """Return, by the name of each setting, the value in force as text and whether it is shown as code."""
    settings, number = console.settings, text().number
    database = settings.database_url.partition(":")[0].partition("+")[0]
    latency = settings.practice_latency
    return {
        "OMNI_USERNAME": (settings.username or t("settings.not_set"), False),
        "OMNI_TOKEN": (t("settings.set" if settings.token else "settings.not_set"), False),
        "OMNI_ENDPOINT": (settings.endpoint, True),
        "OMNI_DATA": (str(settings.data), True),
        "OMNI_DATABASE_URL": (_DATABASES.get(database, database), False),
        "OMNI_RATE": (t("settings.rate_value", rate=number(settings.rate)), False),
        "OMNI_CONCURRENCY": (t("settings.concurrency_value", n=settings.concurrency), False),
        "OMNI_BATCH": (t("settings.batch_value", n=settings.batch), False),
        "OMNI_COUNTRY": (country_name(settings.country, text().language), False),
        "OMNI_HALT": (_halt(settings.halt), False),
        "OMNI_HOURS": (_hours(settings.hours), False),
        "OMNI_TIMEZONE": (settings.timezone, False),
        "OMNI_REPEAT_DAYS": (_recent_days(settings.recent_days), False),
        "OMNI_MAX_ROWS": (number(settings.max_rows), False),
        "OMNI_MAX_COLUMNS": (number(settings.max_columns), False),
        "OMNI_MAX_MB": (t("contacts.megabytes", size=settings.max_megabytes), False),
        "OMNI_PRACTICE_FAULTS": (settings.practice_faults or t("settings.no_faults"), bool(settings.practice_faults)),
        "OMNI_ANSWER": (settings.answer or t("settings.answer_found"), bool(settings.answer)),
        "OMNI_PRACTICE_SHAPE": (settings.practice_shape, True),
        "OMNI_PRACTICE_LATENCY": (t("settings.latency_value", n=latency) if latency else t("settings.at_once"), False),
    }


def _halt(rule: HaltRule | None) -> str:
    if rule is None:
        return t("settings.halt_off")
    return t("settings.halt_value", n=rule.in_a_row, share=text().percent(rule.share))


def _recent_days(days: int) -> str:
    return t("settings.repeat_value", n=days) if days else t("settings.repeat_off")


def _hours(hours: Hours | None) -> str:
    """Return the hours as ``Mon 08:00-20:00 · …``, with day names in the operator's language."""
    if hours is None:
        return t("settings.hours_any")
    return " · ".join(f"{t(f'settings.day_{day}')} {_clock(start)}-{_clock(end)}" for day, start, end in hours.spans)


def _clock(minute: int) -> str:
    """Return a minute of the day as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _fact(console: Console, name: str, value: str, code: bool) -> Fact:
    source = console.settings.sources.get(name, "nowhere" if name in _WITHOUT_DEFAULT else "default")
    return Fact(t(f"settings.{name}"), value, code=code, note=t(f"settings.from_{source}", name=name))
