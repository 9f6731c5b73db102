"""Before a sale to an ordinary investor: five items, and more care where the risk is high.

Texts were shown in the version that counts, read, acknowledged; a high-risk sale that matches
asks for more information, specific points of risk, and time to think besides. Pure rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version


@dataclass(frozen=True, kw_only=True)
class DisclosureRules:
    """The figures of both procedures; see `reference/rules/disclosure.yaml`.

    Attributes:
        text: version of the five items.
        reading: least time between showing and acknowledging them.
        special_text: version of the points of risk of a high-risk sale.
        special_reading: the same for those.
        thinking: time to think after acknowledging the points of risk.
        counts_days: business date of the last step and so many days after it.
    """

    version: str
    text: str
    reading: timedelta
    special_text: str
    special_reading: timedelta
    thinking: timedelta
    counts_days: int


@dataclass(frozen=True)
class Shown(Recorded):
    """One text: which version, when it was given out, when it was acknowledged."""

    text: str = ""
    shown_at: datetime | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DisclosureInputs(Recorded):
    """Everything that a finished disclosure depends on.

    Attributes:
        special: whether the special procedure is owed.
        five: the five items.
        points: the points of risk of a high-risk sale.
        informed: whether the additional information was given.
        confirmed_at: the last step of the special procedure.
    """

    rules: str
    special: bool
    five: Shown
    points: Shown
    informed: bool = False
    confirmed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DisclosureDecision(Recorded):
    """Whether all is done; where not, everything that is missing."""

    rules: str
    done: bool
    reasons: tuple[Reason, ...]


def build_disclosure_rules(content: Mapping[str, Any], version: str) -> DisclosureRules:
    """The rules that the value of `suitability.disclosure` describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete or leaves no time.
    """
    found = DisclosureRules(
        version=version,
        text=str(content["text"]),
        reading=timedelta(seconds=int(content["reading_seconds"])),
        special_text=str(content["special_text"]),
        special_reading=timedelta(seconds=int(content["special_reading_seconds"])),
        thinking=timedelta(hours=int(content["thinking_hours"])),
        counts_days=int(content["counts_days"]),
    )
    if min(found.reading, found.special_reading, found.thinking) <= timedelta(0):
        raise ValueError("There is no time to read or to think.")
    if found.counts_days < 0 or "@" not in found.text or "@" not in found.special_text:
        raise ValueError("A text is named by its version; days are not negative.")
    return found


def is_disclosed(inputs: DisclosureInputs, rules: DisclosureRules) -> DisclosureDecision:
    """Check the whole procedure.

    Raises:
        WrongRules: when `inputs` name another version than that of `rules`.
    """
    require_version(inputs.rules, rules.version)
    missing = read_reasons("five", inputs.five, rules.text, rules.reading)
    if inputs.special:
        missing += read_reasons("points", inputs.points, rules.special_text, rules.special_reading)
        if not inputs.informed:
            missing.append(because(Code.INFORMATION_MISSING))
        missing += _thinking(inputs, rules)
    return DisclosureDecision(rules=rules.version, done=not missing, reasons=tuple(missing))


def read_reasons(notice: str, shown: Shown, version: str, reading: timedelta) -> list[Reason]:
    """What a text lacks to count as read.

    Args:
        notice: `five` or `points`.
        version: the one that counts.
        reading: the least time to read it.
    """
    if shown.shown_at is None:
        return [because(Code.NOTICE_NOT_SHOWN, notice=notice)]
    if shown.text != version:
        return [because(Code.NOTICE_OUTDATED, notice=notice)]
    if shown.acknowledged_at is None:
        return [because(Code.NOTICE_NOT_ACKNOWLEDGED, notice=notice)]
    if shown.acknowledged_at - shown.shown_at < reading:
        seconds = int(reading.total_seconds())
        return [because(Code.NOTICE_READ_TOO_FAST, notice=notice, seconds=seconds)]
    return []


def _thinking(inputs: DisclosureInputs, rules: DisclosureRules) -> list[Reason]:
    acknowledged, confirmed = inputs.points.acknowledged_at, inputs.confirmed_at
    if confirmed is None:
        return [because(Code.SALE_NOT_CONFIRMED)]
    if acknowledged is not None and confirmed - acknowledged < rules.thinking:
        hours = int(rules.thinking.total_seconds() // 3600)
        return [because(Code.THINKING_TOO_SHORT, hours=hours)]
    return []
