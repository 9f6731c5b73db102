"""The dated figures of this app: screening, the desk's clock, likeness, who may sign, keeping."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from brokerage.core.display.languages import reads_english
from brokerage.reference.loading import Counts, Errors, merge, read_csv
from brokerage.reference.models import Rule
from brokerage.reference.origin import Origin
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import loaders, ship
from content.models import Topic
from content.reminder_rules import REMINDER_SCHEMAS
from content.rules.screening import BadPhrase, Screen, pattern
from content.states import ItemKind, SourceKind

SCREENING = "content.screening"
DESK_CLOCK = "content.desk_clock"
LIKENESS = "content.likeness"
SIGNING = "content.signing"
FEED = "content.feed_window"
RETENTION = "retention.content"
FOLDER = Path(__file__).parent / "reference"


def _check_screen(value: Any) -> None:
    """`{risk, name, phrases}`, perhaps `not_for`, kinds of sources that it leaves alone, and
    `not_after`, words before a passage with which it says the contrary.

    Every phrase marks something and is quick.
    """
    needed, more = {"risk", "name", "phrases"}, {"not_for", "not_after"}
    if not isinstance(value, dict) or not needed <= set(value) <= needed | more:
        raise BadRuleValue(f"A screening rule has {sorted(needed)}, perhaps {sorted(more)}.")
    denying = value.get("not_after", [])
    if not isinstance(denying, list) or not all(isinstance(one, str) and one for one in denying):
        raise BadRuleValue("not_after is a list of words.")
    spared = value.get("not_for", [])
    if not isinstance(spared, list) or not set(spared) <= set(SourceKind.values):
        raise BadRuleValue(f"not_for names some of {sorted(SourceKind.values)}.")
    whole("risk", 1, 5).read(value["risk"])
    languages = {code for code, _name in settings.LANGUAGES}
    if not isinstance(value["name"], dict) or set(value["name"]) != languages:
        raise BadRuleValue(f"A screening rule has a name in {sorted(languages)}.")
    if not isinstance(value["phrases"], list) or not value["phrases"]:
        raise BadRuleValue("A screening rule has phrases.")
    for phrase in value["phrases"]:
        try:
            pattern(str(phrase))
        except BadPhrase as error:
            raise BadRuleValue(f"{phrase!r}: {error}") from error


def _check_signing(value: Any) -> None:
    """For each kind of item the licences one of which the signer holds."""
    if not isinstance(value, dict) or set(value) != set(ItemKind.values):
        raise BadRuleValue(f"A table with exactly {sorted(ItemKind.values)} is needed.")
    for each in value.values():
        if not isinstance(each, list) or not each or not all(isinstance(x, str) for x in each):
            raise BadRuleValue("Each kind names at least one licence.")


SCHEMAS = (
    Schema(
        key=SCREENING,
        label=_("What is marked in texts that come in"),
        type=Type.TABLE,
        check=_check_screen,
    ),
    Schema(
        key=DESK_CLOCK,
        label=_("How soon the desk looks at a text"),
        type=Type.TABLE,
        check=table_of(
            whole("urgent_from", 1, 125),
            whole("urgent_hours", 1, 240),
            whole("marked_hours", 1, 240),
            whole("calm_hours", 1, 240),
        ),
    ),
    Schema(
        key=LIKENESS,
        label=_("From when on a text counts as a copy of another"),
        type=Type.TABLE,
        check=table_of(whole("percent", 30, 100), whole("days", 1, 366)),
    ),
    Schema(
        key=SIGNING,
        label=_("Which licence signs which kind of item"),
        type=Type.TABLE,
        check=_check_signing,
    ),
    Schema(
        key=FEED,
        label=_("How far back the order by relevance reaches"),
        type=Type.INTEGER,
        unit="days",
        least=1,
        most=366,
    ),
    *REMINDER_SCHEMAS,
    Schema(
        key=RETENTION,
        label=_("How long texts and readings are kept"),
        type=Type.PERIOD,
    ),
)


def screens_on(day: date, kind: str) -> list[Screen]:
    """The screening rules in force on the business date `day`; one query.

    Args:
        kind: of the source, one of SourceKind: some rules leave some kinds alone.
    """
    rows = Rule.objects.on(day).filter(key=SCREENING)
    return [_screen(row) for row in rows if kind not in row.value.get("not_for", ())]


def names_of_screens(day: date) -> dict[str, str]:
    """By code, what each screening rule is called in the reader's language."""
    language = "en" if reads_english() else "zh-hans"
    rows = Rule.objects.on(day).filter(key=SCREENING)
    return {row.scope: row.value["name"][language] for row in rows}


def _screen(row: Rule) -> Screen:
    return Screen(
        code=row.scope,
        version=row.version,
        risk=row.value["risk"],
        phrases=tuple(row.value["phrases"]),
        not_after=tuple(row.value.get("not_after", ())),
    )


def register() -> None:
    """Make the figures known to the loader of dated rules, and the topics to the release."""
    ship("content.rules", FOLDER / "rules.yaml", *SCHEMAS)
    loaders.register("content.topics", load_topics)


def load_topics(at: datetime, sandbox: bool) -> Counts:
    """Load topics.csv in the order in which topics are offered; raises BadFile."""
    errors = Errors()
    rows = [
        {
            "code": row.text("code", most=20),
            "name_zh": row.text("name_zh", most=60),
            "name_en": row.text("name_en", most=120),
            "position": position,
            "source": row.text("source", most=300),
        }
        for position, row in enumerate(
            read_csv(FOLDER / "topics.csv", ("code", "name_zh", "name_en", "source"), errors), 1
        )
    ]
    errors.refuse_any()
    return merge(Topic, rows, keys=("code",), origin=Origin.RELEASE)
