"""What keeps a draft of a paper from being proposed: every problem, in words, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from brokerage.reference.schemas import BadRuleValue
from suitability import content as contents
from suitability.models import in_language

WHOLE = ""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        place: key of the question or declaration; empty for the paper as a whole.
    """

    place: str
    text: str


def problems_of(content: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a content, in the order of the paper; empty when it is fit.

    The last word has `content.check`, which every version passes on saving: what it refuses and
    nothing here has named is told in its own words.
    """
    found = [*_of_questions(content), *_of_declarations(content), *_of_points(content)]
    found += _of_bands(content)
    if not found:
        try:
            contents.check(content)
        except BadRuleValue as error:
            found.append(Problem(WHOLE, _("The paper cannot be used: {why}").format(why=error)))
    return found


def _lacks_text(texts: Mapping[str, Any]) -> bool:
    return any(not texts.get(code) for code, _name in settings.LANGUAGES)


def _of_questions(content: Mapping[str, Any]) -> Iterator[Problem]:
    if not content.get("questions"):
        yield Problem(WHOLE, _("There is no question."))
    for question in content.get("questions", ()):
        key, options = question["key"], question.get("options", ())
        if _lacks_text(question["text"]):
            yield Problem(key, _("The question lacks a text in one language."))
        if len(options) < 2:
            yield Problem(key, _("A question needs two answers at least."))
        if len({each["key"] for each in options}) < len(options):
            yield Problem(key, _("Two answers have the same key."))
        for each in options:
            if _lacks_text(each):
                yield Problem(
                    key,
                    _("The answer {key} lacks a text in one language.").format(key=each["key"]),
                )
    empty = set(content.get("groups", {})) - {each["group"] for each in content["questions"]}
    for group in sorted(empty):
        name = in_language(content["groups"][group])
        yield Problem(WHOLE, _("The group “{group}” has no question.").format(group=name))


def _of_declarations(content: Mapping[str, Any]) -> Iterator[Problem]:
    for each in content.get("declarations", ()):
        if _lacks_text(each["text"]):
            yield Problem(each["key"], _("The statement lacks a text in one language."))


def reach_of(content: Mapping[str, Any]) -> tuple[int, int]:
    """The lowest and the highest score that answers can reach."""
    points = [
        [int(each["points"]) for each in question["options"]]
        for question in content.get("questions", ())
        if question.get("options")
    ]
    return sum(map(min, points)), sum(map(max, points))


def _of_points(content: Mapping[str, Any]) -> Iterator[Problem]:
    promised = content.get("range")
    if not promised:
        return
    least, most = reach_of(content)
    if (least, most) != (int(promised["least"]), int(promised["most"])):
        yield Problem(
            WHOLE,
            _("The points reach from {least} to {most}; the paper says {from_} to {to}.").format(
                least=least, most=most, from_=promised["least"], to=promised["most"]
            ),
        )


def _of_bands(content: Mapping[str, Any]) -> Iterator[Problem]:
    bands = content.get("bands", [])
    for band, following in pairwise(bands):
        if int(following["from"]) != int(band["to"]) + 1:
            yield Problem(WHOLE, _("There is a gap or an overlap after {class}.").format_map(band))
    for band in bands:
        if int(band["from"]) > int(band["to"]):
            yield Problem(WHOLE, _("The band of {class} is empty.").format_map(band))
    least, most = reach_of(content)
    if bands and (int(bands[0]["from"]) > least or int(bands[-1]["to"]) < most):
        yield Problem(WHOLE, _("The bands do not cover every score that answers can reach."))
