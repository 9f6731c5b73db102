"""Charts that the server draws: their geometry says the same as their tables."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from brokerage.core.display import charts
from brokerage.core.display.charts import Point
from tests.portal.pages import seen

amounts = st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=charts.MOST_SLICES)
levels = st.lists(st.decimals("0.01", 10**6, places=4), min_size=1, max_size=80)


def points(*values: object) -> list[Point]:
    return [Point(f"p{n}", Decimal(str(value)), f"{value}") for n, value in enumerate(values)]


@given(amounts)
def test_the_shares_of_a_ring_add_up_to_the_whole(values: list[Decimal]) -> None:
    slices = charts.ring(points(*values))
    assert sum(one.share for one in slices) == (100 if any(values) else 0)
    assert [one.tone for one in slices] == list(range(1, len(slices) + 1))
    ends = [Decimal(one.offset) * -1 + one.share for one in slices]
    assert ends == [sum(one.share for one in slices[: n + 1]) for n in range(len(slices))]


@pytest.mark.parametrize("values", [[1, -1], [1] * 7])
def test_a_ring_refuses_what_it_cannot_show(values: list[int]) -> None:
    with pytest.raises(ValueError, match="A ring takes"):
        charts.ring(points(*values))


@given(levels)
def test_a_fall_is_never_above_the_highest_and_nothing_at_a_new_one(values: list[Decimal]) -> None:
    falls = charts.falls(values)
    assert falls[0] == 0
    assert all(-1 < share <= 0 for share in falls)
    highest = [max(values[: n + 1]) for n in range(len(values))]
    assert [share == 0 for share in falls] == [
        v == h for v, h in zip(values, highest, strict=True)
    ]


def test_the_deepest_fall_is_named() -> None:
    falls = charts.falls([Decimal(v) for v in (100, 120, 90, 150, 140)])
    assert falls == [0, 0, Decimal("-0.25"), 0, Decimal(140) / 150 - 1]
    assert charts.fall(falls).deepest == 2


def test_a_line_has_its_figures_at_the_axis_and_says_them_aloud() -> None:
    text = "{% load portal %}{% line_chart points title %}"
    with translation.override("en"):
        both = Template(text).render(Context({"points": points(3, 1, 2), "title": "Worth"}))
        flat = Template(text).render(Context({"points": points(4, 4), "title": "Worth"}))
    assert 'aria-label="Worth: lowest 1, highest 3"' in both
    drawn = both.partition("<details")[0]
    assert drawn.index("<span>3</span>") < drawn.index("<svg") < drawn.index("<span>1</span>")
    assert 'aria-label="Worth"' in flat
    assert flat.partition("<details")[0].count("<span>4</span>") == 1


@pytest.mark.parametrize("tag", ["line_chart", "bar_chart", "ring_chart", "fall_chart"])
@pytest.mark.parametrize("values", [[], [5], [0, 0], [3, 1, 2]])
def test_each_chart_draws_few_figures_and_hostile_words(tag: str, values: list[int]) -> None:
    given = [Point("<script>", Decimal(v), "<b>") for v in values]
    text = f"{{% load portal %}}{{% {tag} points title %}}"
    with translation.override("en"):
        drawn = Template(text).render(Context({"points": given, "title": "\"'><script>"}))
    page = seen(drawn.encode())
    assert page.inline == []
    assert "<script" not in drawn
    assert "nan" not in drawn.lower()
