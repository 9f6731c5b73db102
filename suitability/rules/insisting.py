"""The insist route: what must have happened before a mismatched sale may go ahead.

Only where matching said `mismatch_insist_possible`; matching is computed here again, so that a
bar or an exposure that came up meanwhile closes the route.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from suitability.rules.matching import MatchingRules, MatchInputs, MatchOutcome, match
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version


class Channel(StrEnum):
    """Where it happens: online leaves an electronic trace, an outlet records."""

    ONLINE = "online"
    OUTLET = "outlet"


@dataclass(frozen=True, kw_only=True)
class Recording(Recorded):
    """A double recording made at an outlet.

    Attributes:
        script: version of the script that was read.
        chapters: keys of the chapters that are on it.
        sha256: of the file.
        passed: the quality check's result; None while nobody has checked.
    """

    script: str
    chapters: frozenset[str]
    sha256: str
    passed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class InsistInputs(Recorded):
    """The steps as they happened; None and empty where they did not.

    Attributes:
        rules: version of the insist rules.
        match: the inputs of matching as they are now.
        asked_at: when the customer asked for the item, of their own accord.
        warning: version of the special written warning that was shown.
        trace: ref of the electronic evidence, online.
    """

    rules: str
    match: MatchInputs
    asked_at: datetime | None = None
    warning: str = ""
    warned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    confirmed_at: datetime | None = None
    channel: Channel
    trace: str = ""
    recording: Recording | None = None


@dataclass(frozen=True, kw_only=True)
class InsistRules:
    """The figures of the route, and the matching rules it begins with."""

    version: str
    matching: MatchingRules
    pause: timedelta
    warning: str
    script: str
    chapters: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class InsistDecision(Recorded):
    """Whether the sale may go ahead; where not, everything that is missing."""

    rules: str
    may_go_ahead: bool
    reasons: tuple[Reason, ...]


def build_insist_rules(
    content: Mapping[str, Any], version: str, matching: MatchingRules
) -> InsistRules:
    """The rules that the value of `suitability.insist` describes.

    Raises:
        KeyError, ValueError: when it is incomplete or has no pause.
    """
    if (minutes := int(content["pause_minutes"])) < 1:
        raise ValueError("There is no pause before the second confirmation.")
    if not content["chapters"]:
        raise ValueError("The recording has no chapters.")
    return InsistRules(
        version=version,
        matching=matching,
        pause=timedelta(minutes=minutes),
        warning=str(content["warning"]),
        script=str(content["script"]),
        chapters=frozenset(content["chapters"]),
    )


def may_go_ahead(inputs: InsistInputs, rules: InsistRules) -> InsistDecision:
    """Check the whole route.

    Raises:
        WrongRules: when `inputs` name other versions than `rules`.
    """
    require_version(inputs.rules, rules.version)
    opinion = match(inputs.match, rules.matching)
    if opinion.outcome is MatchOutcome.MATCH:
        return _decide(inputs, [because(Code.NOTHING_TO_INSIST_ON)])
    if opinion.outcome is MatchOutcome.REFUSED:
        return _decide(inputs, list(opinion.reasons))
    return _decide(inputs, [*_words(inputs, rules), *_evidence(inputs, rules)])


def _words(inputs: InsistInputs, rules: InsistRules) -> list[Reason]:
    """Asked, warned, acknowledged, paused, confirmed again: in this order."""
    asked, warned = inputs.asked_at, inputs.warned_at
    acknowledged, confirmed = inputs.acknowledged_at, inputs.confirmed_at
    missing = []
    if asked is None:
        missing.append(because(Code.NOT_ASKED))
    if warned is None or (asked is not None and warned < asked):
        missing.append(because(Code.WARNING_MISSING))
    elif inputs.warning != rules.warning:
        missing.append(because(Code.WARNING_OUTDATED, version=rules.warning))
    if acknowledged is None or (warned is not None and acknowledged < warned):
        missing.append(because(Code.NOT_ACKNOWLEDGED))
    if confirmed is None:
        missing.append(because(Code.NOT_CONFIRMED_AGAIN))
    elif acknowledged is not None and confirmed - acknowledged < rules.pause:
        minutes = int(rules.pause.total_seconds() // 60)
        missing.append(because(Code.PAUSE_TOO_SHORT, minutes=minutes))
    return missing


def _evidence(inputs: InsistInputs, rules: InsistRules) -> list[Reason]:
    if inputs.channel is Channel.ONLINE:
        return [] if inputs.trace else [because(Code.TRACE_MISSING)]
    recording = inputs.recording
    if recording is None or not recording.sha256 or recording.script != rules.script:
        return [because(Code.RECORDING_MISSING)]
    if absent := rules.chapters - recording.chapters:
        return [because(Code.RECORDING_INCOMPLETE, count=len(absent))]
    return [] if recording.passed else [because(Code.RECORDING_UNCHECKED)]


def _decide(inputs: InsistInputs, reasons: list[Reason]) -> InsistDecision:
    return InsistDecision(rules=inputs.rules, may_go_ahead=not reasons, reasons=tuple(reasons))
