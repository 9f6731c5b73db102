"""What differs between two contents of a paper, question by question. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Path = tuple[str, ...]
KEYED = ("questions", "declarations")


class Kind(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Line:
    """One value that differs; empty text where there was none.

    Attributes:
        path: names from the outside in, such as ("options", "wages", "points").
    """

    path: Path
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """A part of the paper that differs.

    Attributes:
        part: `questions`, `declarations` or the name of another part, such as `bands`.
        key: of the question or declaration; empty for other parts.
    """

    part: str
    key: str
    kind: Kind
    lines: tuple[Line, ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Everything that differs: questions and declarations in the order of `after`, then the rest.

    A question keeps its identity by its key; one that only moved shows its old and new number.
    """
    found: list[Difference] = []
    for part in KEYED:
        found += _keyed(part, before.get(part, ()), after.get(part, ()))
    for part in sorted((before.keys() | after.keys()) - set(KEYED)):
        lines = _lines(_flat(before.get(part)), _flat(after.get(part)))
        if lines:
            found.append(Difference(part, "", Kind.CHANGED, lines))
    return tuple(found)


def _keyed(
    part: str, before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> list[Difference]:
    old, new = _numbered(before), _numbered(after)
    stay = [key for key in new if key in old]
    moved = {
        key for key, other in zip(stay, [k for k in old if k in new], strict=True) if key != other
    }
    found = []
    for key, (number, content) in new.items():
        if key not in old:
            found.append(Difference(part, key, Kind.ADDED, _lines({}, _flat(content))))
            continue
        lines = list(_lines(_flat(old[key][1]), _flat(content)))
        if key in moved:
            lines.insert(0, Line(("number",), str(old[key][0]), str(number)))
        if lines:
            found.append(Difference(part, key, Kind.CHANGED, tuple(lines)))
    for key, (_number, content) in old.items():
        if key not in new:
            found.append(Difference(part, key, Kind.REMOVED, _lines(_flat(content), {})))
    return found


def _numbered(parts: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, Mapping[str, Any]]]:
    return {str(each["key"]): (number, each) for number, each in enumerate(parts, 1)}


def _lines(before: Mapping[Path, str], after: Mapping[Path, str]) -> tuple[Line, ...]:
    paths = [*after, *(path for path in before if path not in after)]
    return tuple(
        Line(path, before.get(path, ""), after.get(path, ""))
        for path in paths
        if before.get(path, "") != after.get(path, "")
    )


def _flat(value: Any, path: Path = ()) -> dict[Path, str]:
    """Leaves by path; rows of a list go by their key (or class), else by their number."""
    if isinstance(value, Mapping):
        found: dict[Path, str] = {}
        for name, each in value.items():
            if name != "key":
                found |= _flat(each, (*path, str(name)))
        return found
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        found = {}
        for number, each in enumerate(value, 1):
            found |= _flat(each, (*path, str(each.get("key") or each.get("class") or number)))
        return found
    if isinstance(value, list):
        return {path: ", ".join(map(str, value))}
    return {} if value in (None, "") else {path: str(value)}
