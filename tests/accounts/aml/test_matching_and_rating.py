"""What is a match and what is not; which level comes of which facts."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.aml.matching import Marks, matched_on, plain_name, sound_of
from accounts.aml.rating import RatingTerms, level_of, review_on, score_of
from accounts.aml.states import AmlFactor, AmlLevel, MatchedOn

DOCUMENT, NAME, SOUND, BIRTH = MatchedOn
ME = Marks("d1", "江映雪", "jiangyingxue", "1996-01-01")


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (Marks("d1", "x", "x", ""), {DOCUMENT}),
        (Marks("d1", "x", "x", "1960-01-01"), {DOCUMENT}),
        (Marks("", "江映雪", "jiangyingxue", ""), {NAME, SOUND}),
        (Marks("", "江映雪", "jiangyingxue", "1996-01-01"), {NAME, SOUND, BIRTH}),
        (Marks("", "江映雪", "jiangyingxue", "1960-01-01"), set()),
        (Marks("", "jiangyingxue", "jiangyingxue", ""), set()),
        (Marks("", "jiangyingxue", "jiangyingxue", "1996-01-01"), {SOUND, BIRTH}),
        (Marks("", "x", "x", "1996-01-01"), set()),
        (Marks("", "", "", ""), set()),
    ],
)
def test_a_match_needs_a_document_a_name_or_a_sound_with_its_birth_date(
    entry: Marks, found: set[MatchedOn]
) -> None:
    assert matched_on(ME, entry) == found


def test_nothing_known_matches_nothing_unknown() -> None:
    assert matched_on(Marks("", "", "", ""), Marks("", "", "", "")) == frozenset()


def test_names_are_compared_without_dots_blanks_and_script() -> None:
    assert plain_name("阿依古丽·买买提") == plain_name("阿依古丽 买买提")
    assert sound_of("江映雪") == sound_of("Jiang YingXue") == "jiangyingxue"


TERMS = RatingTerms(
    "t",
    {**dict.fromkeys(AmlFactor.values, 20), "listed": 100},
    30,
    60,
    {"low": 36, "medium": 24, "high": 6},
)


@pytest.mark.parametrize(
    ("factors", "level", "on"),
    [
        ([], AmlLevel.LOW, date(2029, 3, 2)),
        ([AmlFactor.ABROAD], AmlLevel.LOW, date(2029, 3, 2)),
        ([AmlFactor.ABROAD, AmlFactor.WEALTH], AmlLevel.MEDIUM, date(2028, 3, 2)),
        ([AmlFactor.LISTED], AmlLevel.HIGH, date(2026, 9, 2)),
    ],
)
def test_points_make_the_level_and_the_level_the_next_look(
    factors: list[AmlFactor], level: AmlLevel, on: date
) -> None:
    found = level_of(score_of(factors, TERMS), TERMS)
    assert (found, review_on(found, date(2026, 3, 2), TERMS)) == (level, on)
