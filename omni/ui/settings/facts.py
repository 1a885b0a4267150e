"""The settings in force, grouped, each with its source. The token is only ever ``set`` or ``not set``."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni.core.halt_rule import HaltRule
from omni.core.hours import Hours
from omni.locale.countries import country_name
from omni.ui.components.facts import Fact, facts
from omni.ui.keys import key
from omni.ui.text import moment, t, text
from omni.wiring import Console

_ICONS: Final = {"account": "key", "sending": "speed", "data": "folder", "practice": "science"}
_WITHOUT_DEFAULT: Final = ("OMNI_USERNAME", "OMNI_TOKEN")


def cards(console: Console) -> None:
    """A card for each group of settings."""
    with st.grid(2, min_column_width=320, gap="medium"):
        for group, pairs in groups(console).items():
            with st.container(border=True, height="stretch"):
                st.subheader(f":material/{_ICONS[group]}: {t(f'settings.{group}')}", anchor=False)
                facts(pairs, key=key("settings", group), stacked=True)


def workers(console: Console) -> None:
    """Who sends on this database, wherever it runs."""
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
    """Group to its settings."""
    settings, number = console.settings, text().number
    database = settings.database_url.partition(":")[0].partition("+")[0]
    latency = settings.practice_latency
    answers = t("settings.latency_value", n=latency) if latency else t("settings.at_once")
    return {
        "account": [
            _fact(console, "OMNI_USERNAME", settings.username or t("settings.not_set")),
            _fact(console, "OMNI_TOKEN", t("settings.set" if settings.token else "settings.not_set")),
            _fact(console, "OMNI_ENDPOINT", settings.endpoint, code=True),
        ],
        "sending": [
            _fact(console, "OMNI_RATE", t("settings.rate_value", rate=number(settings.rate))),
            _fact(console, "OMNI_BATCH", t("settings.batch_value", n=settings.batch)),
            _fact(console, "OMNI_COUNTRY", country_name(settings.country, text().language)),
            _fact(console, "OMNI_HALT", _halt(settings.halt)),
            _fact(console, "OMNI_HOURS", _hours(settings.hours)),
            _fact(console, "OMNI_TIMEZONE", settings.timezone),
            _fact(console, "OMNI_REPEAT_DAYS", _repeats(settings.recent_days)),
        ],
        "data": [
            _fact(console, "OMNI_DATA", str(settings.data), code=True),
            _fact(
                console,
                "OMNI_DATABASE_URL",
                {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(database, database),
            ),
            _fact(console, "OMNI_MAX_ROWS", number(settings.max_rows)),
            _fact(console, "OMNI_MAX_COLUMNS", number(settings.max_columns)),
            _fact(console, "OMNI_MAX_MB", t("contacts.megabytes", size=settings.max_megabytes)),
        ],
        "practice": [
            _fact(
                console,
                "OMNI_PRACTICE_FAULTS",
                settings.practice_faults or t("settings.no_faults"),
                code=bool(settings.practice_faults),
            ),
            _fact(console, "OMNI_PRACTICE_LATENCY", answers),
        ],
    }


def _halt(rule: HaltRule | None) -> str:
    if rule is None:
        return t("settings.halt_off")
    return t("settings.halt_value", n=rule.in_a_row, share=text().percent(rule.share))


def _repeats(days: int) -> str:
    return t("settings.repeat_value", n=days) if days else t("settings.repeat_off")


def _hours(hours: Hours | None) -> str:
    """``Mon 08:00-20:00 · …``, each day named as in the operator's language."""
    if hours is None:
        return t("settings.hours_any")
    return " · ".join(f"{t(f'settings.day_{day}')} {_clock(start)}-{_clock(end)}" for day, start, end in hours.spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _fact(console: Console, name: str, value: str, *, code: bool = False) -> Fact:
    source = console.settings.sources.get(name, "nowhere" if name in _WITHOUT_DEFAULT else "default")
    return Fact(t(f"settings.{name}"), value, code=code, note=t(f"settings.from_{source}", name=name))
