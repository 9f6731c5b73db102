"""Reads which division a messy Chinese address or outlet name speaks of. Values in, proposal out.

Names are looked for from the left. A name in front of "路", "街", "广场" and the like is a road,
not a place: 南京广州路 lies in Nanjing. Among the places of one name the chain decides (市 before
区), then the hint (the branch company that the list names), then the higher level. Full-width
digits, spaces, missing counties and old names are expected.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

LEVELS = {"province": 1, "prefecture": 2, "county": 3}
SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|自治旗|新区|林区|特区"
    r"|地区|省|市|区|县|盟|旗)$"
)
PEOPLES = re.compile(
    r"(土家族|苗族|侗族|藏族|彝族|回族|壮族|蒙古族|蒙古|哈萨克|柯尔克孜|朝鲜族|傣族|白族|哈尼族"
    r"|景颇族|傈僳族|布依族|羌族|满族|瑶族|黎族|各族|土族|畲族|仡佬族|水族|拉祜族|佤族|纳西族)+$"
)
ROAD = re.compile(
    r"^((新|老|东|西|南|北|中|前|后|上|下|内|外|[一二三四五六七八九十])*"
    r"(路|街|大街|大道|道|巷|弄|里|胡同)"
    r"|广场|大厦|花园|花苑|公园|桥|门|山|湖|河|江|寺|村|庄|站|口|湾|塔|庙|坊|商城|商厦|中心"
    r"|国际|饭店|酒店)"
)
NOT_A_ROAD = ("证券", "银行")
SPACES = re.compile(r"[\s\u3000,，、;；()（）\[\]【】·.。\-—_]+")
LEAST = 2


class Trust(StrEnum):
    """How sure a proposal is."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True)
class Place:
    """One division as the reader knows it.

    Attributes:
        code: six digits.
        level: province, prefecture or county.
        name: full Chinese name.
        parent: code of the next level; empty for a province.
        short: short Chinese name.
        lon, lat: centre in degrees (WGS84); None where unknown.
        followed_by: codes that came after an abolished division.
        is_official: False for grouping codes, which no address names.
    """

    code: str
    level: str
    name: str
    parent: str = ""
    short: str = ""
    lon: Decimal | None = None
    lat: Decimal | None = None
    followed_by: tuple[str, ...] = ()
    is_official: bool = True


@dataclass(frozen=True)
class Proposal:
    """What an address seems to speak of.

    Attributes:
        place: the proposed division; None where the text names none.
        trust: how sure.
        others: further places that fit as well.
        was: the old name that the text used, where there is one.
    """

    place: Place | None
    trust: Trust
    others: tuple[Place, ...] = ()
    was: str = ""


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    full: bool
    places: tuple[Place, ...]
    was: str = ""
    weak: bool = False  # may be a road: counts only where nothing else is named


@dataclass(frozen=True)
class _State:
    """One reading of the text so far."""

    place: Place
    score: int
    first: int
    was: str = ""
    weak: bool = False


@dataclass
class Gazetteer:
    """Divisions by code and by every name under which an address may speak of them."""

    places: dict[str, Place] = field(default_factory=dict)
    names: dict[str, list[tuple[Place, bool, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    longest: int = 0

    def within(self, place: Place, other: Place) -> bool:
        """Whether `place` is `other` or lies in it."""
        return other.code in self.path(place)

    def path(self, place: Place) -> list[str]:
        """Codes from the division up to its province."""
        found = []
        here: Place | None = place
        while here is not None and here.code not in found:
            found.append(here.code)
            here = self.places.get(here.parent)
        return found


def build(places: Iterable[Place], old_names: Iterable[tuple[str, str]] = ()) -> Gazetteer:
    """Put divisions into the form that `read_address` asks.

    Args:
        places: divisions of today and abolished ones (these with `followed_by`).
        old_names: pairs of a former name and the code of what it is today.
    """
    made = Gazetteer()
    for place in places:
        made.places[place.code] = place
    for place in made.places.values():
        if not place.is_official:
            continue
        for name, full in _names_of(place):
            for now in _today(made, place):
                was = place.name if now is not place else ""
                _add(made, name, now, full, was)
    for name, code in old_names:
        if code in made.places:
            for one, full in ((name, True), (stem(name), False)):
                _add(made, one, made.places[code], full, name)
    return made


def read_address(text: str, gazetteer: Gazetteer, *, hint: str = "") -> Proposal:
    """The division that `text` speaks of.

    Args:
        text: an address or the name of an outlet, as found in a list.
        gazetteer: from `build`.
        hint: another text that narrows it, such as the name of the branch company.
    """
    near = read_address(hint, gazetteer).place if hint else None
    states: list[_State] = []
    for match in _matches(normal(text), gazetteer):
        states = _follow(states, match, gazetteer)
    if near is not None and all(state.weak for state in states):
        states = [state for state in states if _nearness(state, near, gazetteer)]
    if not states:
        return Proposal(None, Trust.NONE)
    scored = sorted(states, key=lambda state: _rank(state, near, gazetteer))
    best = scored[0]
    others = tuple(
        state.place
        for state in scored[1:]
        if state.place.level == best.place.level and not _worse(state, best, near, gazetteer)
    )
    return Proposal(best.place, _trust(best, near, others, gazetteer), others, best.was)


def normal(text: str) -> str:
    """Half-width signs, no spaces or punctuation."""
    plain = SPACES.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", plain)  # signs that were apart may have met


def stem(name: str) -> str:
    """A name without its kind and peoples; the name itself where less than two signs remain."""
    short = PEOPLES.sub("", SUFFIX.sub("", name))
    return short if len(short) >= LEAST else name


def _names_of(place: Place) -> Iterator[tuple[str, bool]]:
    """Names with whether they say the kind (市, 区): the fuller, the surer."""
    seen: set[str] = set()
    for name, full in ((place.name, True), (place.short, False), (stem(place.name), False)):
        if len(name) >= LEAST and name not in seen:
            seen.add(name)
            yield name, full


def _today(made: Gazetteer, place: Place) -> list[Place]:
    if not place.followed_by:
        return [place]
    return [made.places[code] for code in place.followed_by if code in made.places]


def _add(made: Gazetteer, name: str, place: Place, full: bool, was: str) -> None:
    entry = (place, full, was)
    if len(name) >= LEAST and entry not in made.names[name]:
        made.names[name].append(entry)
        made.longest = max(made.longest, len(name))


def _matches(text: str, gazetteer: Gazetteer) -> Iterator[_Match]:
    """Names from the left, the longest at each place; roads are left out whole."""
    at = 0
    while at < len(text):
        match = _longest(text, at, gazetteer)
        if match is None:
            at += 1
            continue
        yield match
        at = match.end


def _longest(text: str, at: int, gazetteer: Gazetteer) -> _Match | None:
    for length in range(min(gazetteer.longest, len(text) - at), LEAST - 1, -1):
        name = text[at : at + length]
        entries = gazetteer.names.get(name)
        if not entries:
            continue
        road = _is_road(text, at + length, any(full for _p, full, _w in entries))
        if road and at:
            continue
        now = [entry for entry in entries if not entry[2]] or entries
        return _Match(
            at,
            at + length,
            any(full for _place, full, _was in now),
            tuple(place for place, _full, _was in now),
            now[0][2],
            road,
        )
    return None


def _is_road(text: str, end: int, full: bool) -> bool:
    """Whether what follows makes a road or a building of the name."""
    rest = text[end:]
    if full or rest.startswith(NOT_A_ROAD):
        return False
    return bool(ROAD.match(rest))


def _follow(states: list[_State], match: _Match, gazetteer: Gazetteer) -> list[_State]:
    """Readings after one more name: deeper in the same place, or the first one."""
    deeper = _deeper(states, match, gazetteer)
    if deeper or (states and not states[0].weak):
        return deeper or states
    score = 0 if match.weak else 1 + match.full
    return [_State(place, score, match.start, match.was, match.weak) for place in match.places]


def _deeper(states: list[_State], match: _Match, gazetteer: Gazetteer) -> list[_State]:
    return [
        _State(place, state.score + 2 + match.full, state.first, match.was or state.was)
        for state in states
        for place in match.places
        if gazetteer.within(place, state.place) and place != state.place
    ]


def _rank(state: _State, near: Place | None, gazetteer: Gazetteer) -> tuple[int, int, int, str]:
    level = LEVELS[state.place.level]
    return (-state.score, -_nearness(state, near, gazetteer), level, state.place.code)


def _worse(state: _State, best: _State, near: Place | None, gazetteer: Gazetteer) -> bool:
    return _rank(state, near, gazetteer)[:3] > _rank(best, near, gazetteer)[:3]


def _nearness(state: _State, near: Place | None, gazetteer: Gazetteer) -> int:
    """2: inside the hint; 1: in the province of the hint; 0: elsewhere, or no hint."""
    if near is None:
        return 0
    if gazetteer.within(state.place, near):
        return 2
    return int(gazetteer.path(state.place)[-1] == gazetteer.path(near)[-1])


def _trust(
    best: _State, near: Place | None, others: tuple[Place, ...], gazetteer: Gazetteer
) -> Trust:
    if others:
        return Trust.UNSURE
    if near is not None and not _nearness(best, near, gazetteer):
        return Trust.LIKELY
    return Trust.SURE if best.score > 1 or best.first == 0 else Trust.LIKELY
