"""A double recording at an outlet: which script, what the quality check looks at, what passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Texts = Mapping[str, str]


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
