"""A double recording at an outlet: when it is owed, which script, what is checked, what passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Texts = Mapping[str, str]
OCCASIONS = frozenset({"five_items", "high_risk", "conversion", "step_back"})
"""What the duty of a day may ask for or leave out."""


@dataclass(frozen=True)
class Point:
    """One thing that the quality check looks at; `text` by language."""

    key: str
    text: Texts


@dataclass(frozen=True, kw_only=True)
class RecordingRules:
    """How recordings at outlets are made and checked; `reference/rules/recordings.yaml`.

    Attributes:
        consent: version of the text to which the customer agrees before the first chapter.
        scripts: version of the script by occasion.
        check_within: so soon after its end somebody should have checked a recording.
        points: what the check looks at; each has to hold.
    """

    version: str
    consent: str
    scripts: Mapping[str, str]
    check_within: timedelta
    points: tuple[Point, ...]


def build_recording_rules(
    content: Mapping[str, Any], version: str, languages: Sequence[str]
) -> RecordingRules:
    """The rules that the value of `suitability.recording` describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete or has nothing to look at.
    """
    points = tuple(
        Point(str(each["key"]), {code: str(each[code]) for code in languages})
        for each in content["points"]
    )
    found = RecordingRules(
        version=version,
        consent=str(content["consent"]),
        scripts={str(key): str(name) for key, name in content["scripts"].items()},
        check_within=timedelta(minutes=int(content["check_minutes"])),
        points=points,
    )
    if not points or len({each.key for each in points}) < len(points):
        raise ValueError("The check has points, each once.")
    if found.check_within <= timedelta(0):
        raise ValueError("There is no time for the check.")
    if not found.scripts or any(
        "@" not in name for name in (found.consent, *found.scripts.values())
    ):
        raise ValueError("A text or script is named by its version.")
    return found


def passes(rules: RecordingRules, findings: Mapping[str, bool]) -> bool:
    """Whether every point holds; nobody can pass a recording that lacks one.

    Raises:
        ValueError: for findings that are not about exactly the points of `rules`.
    """
    if set(findings) != {each.key for each in rules.points}:
        raise ValueError("Each point is looked at, and no other.")
    return all(findings.values())


@dataclass(frozen=True, kw_only=True)
class RecordingDuty:
    """What has to be recorded where it is told at an outlet; online the trace takes its place.

    The insist route is not among it: its own rules ask for a recording without exception.

    Attributes:
        required: occasions that do not go ahead at an outlet without a valid recording.
        scripts: version of the script by occasion, for those that `RecordingRules` does not name.
    """

    version: str
    required: frozenset[str]
    scripts: Mapping[str, str]


def build_recording_duty(content: Mapping[str, Any], version: str) -> RecordingDuty:
    """The duty that the value of `suitability.recording_duty` describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete, names no occasion that there is,
            or names a script without its version.
    """
    found = RecordingDuty(
        version=version,
        required=frozenset(str(each) for each in content["required"]),
        scripts={str(key): str(name) for key, name in content["scripts"].items()},
    )
    if not (found.required | found.scripts.keys()) <= OCCASIONS:
        raise ValueError(f"An occasion is one of {sorted(OCCASIONS)}.")
    if any("@" not in name for name in found.scripts.values()):
        raise ValueError("A script is named by its version.")
    return found
