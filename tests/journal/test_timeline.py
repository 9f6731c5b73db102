"""What customers and staff read of an object's history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from brokerage.journal import timeline as module
from brokerage.journal.models import Head
from brokerage.journal.record import record
from brokerage.journal.selectors import BrokenReplay, replay_status, timeline
from tests.journal.factories import AT, OFFICER, OTHER, SUBJECT, ThingMoved, ThingPriced, moved


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    """Two kinds, one of them for customers."""
    before = dict(module.kinds._items)
    module.register_kind(ThingMoved, _("Moved to {status}"), icon="arrow", public=True)
    yield
    module.kinds._items.clear()
    module.kinds._items.update(before)


def price() -> None:
    from datetime import date
    from decimal import Decimal

    record(
        ThingPriced(subject=SUBJECT, amount=Decimal(1), on=date(2026, 3, 2)),
        actor=OFFICER,
        at=AT,
        reason="柜台补录",
    )


@pytest.mark.django_db
def test_customers_read_public_kinds_without_actor_and_reason() -> None:
    moved("open")
    price()
    moved("closed")
    moved("elsewhere", subject=OTHER)
    lines = timeline("tests.thing", SUBJECT)
    assert [line.text for line in lines] == ["Moved to closed", "Moved to open"]
    assert {(line.actor, line.reason, line.icon) for line in lines} == {("", "", "arrow")}


@pytest.mark.django_db
def test_staff_read_everything_with_actor_and_reason() -> None:
    moved("open")
    price()
    lines = timeline("tests.thing", SUBJECT, staff=True)
    assert [line.text for line in lines] == ["tests.thing_priced", "Moved to open"]
    assert (lines[0].actor, lines[0].reason) == ("何屿", "柜台补录")


@pytest.mark.django_db
def test_the_limit_keeps_the_newest() -> None:
    for status in ("a", "b", "c"):
        moved(status)
    assert [line.text for line in timeline("tests.thing", SUBJECT, limit=1)] == ["Moved to c"]


@pytest.mark.django_db
def test_another_type_with_the_same_ref_has_its_own_timeline() -> None:
    moved()
    assert timeline("tests.other", SUBJECT, staff=True) == []


@pytest.mark.django_db
def test_a_sentence_about_a_field_that_an_old_entry_lacks_is_shown_plainly() -> None:
    module.kinds._items[ThingMoved.kind] = module.Kind(label="To {nowhere}", public=True)
    moved()
    assert timeline("tests.thing", SUBJECT)[0].text == "To {nowhere}"


@pytest.mark.django_db
def test_the_page_fragment_escapes_what_it_shows() -> None:
    moved("<b>x</b>")
    html = render_to_string("journal/timeline.html", {"lines": timeline("tests.thing", SUBJECT)})
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert '<ol class="tl">' in html
    with override("en"):
        assert "Nothing has happened yet." in render_to_string(
            "journal/timeline.html", {"lines": []}
        )


@pytest.mark.django_db
def test_replaying_tells_the_present_status() -> None:
    assert replay_status("tests.thing", SUBJECT) is None
    moved("open")
    moved("closed")
    price()  # carries no status
    assert replay_status("tests.thing", SUBJECT) == "closed"


@pytest.mark.django_db
def test_replaying_notices_a_gap_in_the_versions() -> None:
    moved("open")
    Head.objects.update(version=5)
    moved("closed")
    with pytest.raises(BrokenReplay):
        replay_status("tests.thing", SUBJECT)
