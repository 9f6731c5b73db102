"""The firm's own map in the finder: complete, with its review number, clipped, no more queries."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from math import hypot
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from branches.finder.drawing import Mark, apart
from branches.finder.rules.geo import frame_of
from branches.finder.rules.shapes import BLEED, Shape, box_of, paths, shapes_of
from tests.reference.test_loading_maps import NUMBER, load, put, small_map
from tests.visits.factories import an_outlet

WIDTH, HEIGHT = 480.0, 360.0
FRAME = frame_of([(118, 28), (122, 31)], width=WIDTH, height=HEIGHT, margin=30)
degrees = st.tuples(
    st.floats(min_value=73, max_value=136, width=32),
    st.floats(min_value=3, max_value=54, width=32),
)


def corners(data: str) -> list[tuple[int, int]]:
    """Every point of path data with relative steps."""
    found: list[tuple[int, int]] = []
    for sign, x, y in re.findall(r"([Ml])(-?\d+) (-?\d+)", data):
        last = (0, 0) if sign == "M" else found[-1]
        found.append((last[0] + int(x), last[1] + int(y)))
    return found


@given(st.lists(degrees, min_size=3, max_size=30))
def test_nothing_is_drawn_far_beyond_the_edge(ring: list[tuple[float, float]]) -> None:
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    shape = Shape((ring,), True, (min(xs), min(ys), max(xs), max(ys)))
    for data in paths([shape], FRAME, width=WIDTH, height=HEIGHT):
        for x, y in corners(data):
            assert -BLEED - 1 <= x <= WIDTH + BLEED + 1
            assert -BLEED - 1 <= y <= HEIGHT + BLEED + 1


def test_a_province_around_the_whole_drawing_fills_it() -> None:
    around = [(100.0, 20.0), (130.0, 20.0), (130.0, 40.0), (100.0, 40.0), (100.0, 20.0)]
    shape = Shape((around,), True, (100.0, 20.0, 130.0, 40.0))
    (data,) = paths([shape], FRAME, width=WIDTH, height=HEIGHT)
    xs, ys = zip(*corners(data), strict=True)
    assert (min(xs), max(xs)) == (-BLEED, WIDTH + BLEED)
    assert (min(ys), max(ys)) == (-BLEED, HEIGHT + BLEED)


def test_what_lies_elsewhere_is_left_out_and_a_small_island_is_not_lost() -> None:
    far = [(80.0, 40.0), (81.0, 40.0), (81.0, 41.0)]
    island = [(120.0, 29.0), (120.0001, 29.0), (120.0, 29.0001)]
    shapes = [
        Shape((far,), True, (80.0, 40.0, 81.0, 41.0)),
        Shape((island,), True, (120.0, 29.0, 120.0001, 29.0001)),
    ]
    (data,) = paths(shapes, FRAME, width=WIDTH, height=HEIGHT)
    assert data.endswith("h1v1h-1z")


def test_arcs_are_read_in_both_directions() -> None:
    topology: dict[str, Any] = {
        "arcs": [[[0, 0], [1, 0]], [[1, 1], [1, 0]]],
        "objects": {"provinces": {"type": "Polygon", "arcs": [[0, -2]]}},
    }
    (shape,) = shapes_of(topology, "provinces")
    assert shape.rings == ([(0, 0), (1, 0), (1, 1)],)
    assert box_of([shape]) == (0, 0, 1, 1)
    assert shapes_of(topology, "counties") == []


@pytest.mark.django_db
def test_the_finder_draws_the_whole_map_with_its_number(
    client: Any, tmp_path: Any, at: Any, django_assert_max_num_queries: Any
) -> None:
    an_outlet()
    url = reverse("branches:outlets")
    before = client.get(url).content.decode()
    assert 'class="land"' not in before
    assert NUMBER not in before
    load(put(tmp_path, small_map()), at)

    client.get(url, {"more": "1"})  # decodes the map once; pages themselves are kept a while
    with django_assert_max_num_queries(4):
        page = client.get(url, {"access": "0"}).content.decode()

    assert NUMBER in page
    land = re.search(r'<g class="land".*?</g>', page, re.S)
    assert land is not None
    assert land[0].count("<path") == 34
    assert page.count('class="sea"') == 1
    near = client.get(url, {"near": "29.1,119.65"}).content.decode()
    assert NUMBER in near


@pytest.mark.django_db
def test_the_newest_map_is_shown(client: Any, tmp_path: Any, at: Any, time_machine: Any) -> None:
    an_outlet()
    load(put(tmp_path, small_map()), at)
    other = small_map()
    other["arcs"][0][1] = [9, 0]
    newer = "GS（2025）1号"
    load(put(tmp_path, other, "other.json"), at.replace(year=at.year + 1), newer)
    page = client.get(reverse("branches:outlets")).content.decode()
    assert newer in page
    assert NUMBER not in page


def test_steps_are_short() -> None:
    ring = [(118 + n / 10, 28 + n / 20) for n in range(30)]
    shape = Shape((ring,), False, (118, 28, 121, 29.5))
    (data,) = paths([shape], FRAME, width=WIDTH, height=HEIGHT)
    assert all(one != other for one, other in pairwise(corners(data)))


places = st.tuples(st.floats(100, 380, width=32), st.floats(100, 260, width=32))


@given(st.lists(places, min_size=1, max_size=12))
def test_no_mark_of_the_country_covers_another(spots: list[tuple[float, float]]) -> None:
    marks = [Mark(x, y, 20.0, "", 5, "", "") for x, y in spots]
    for one, other in combinations(apart(marks), 2):
        assert hypot(one.x - other.x, one.y - other.y) >= (one.radius + other.radius) * 0.75


def test_marks_that_do_not_meet_stay_where_they_are() -> None:
    marks = [Mark(50, 50, 9.0, "", 1, "", ""), Mark(200, 200, 9.0, "", 1, "", "")]
    assert apart(marks) == marks
