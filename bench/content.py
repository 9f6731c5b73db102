"""Insights at scale: list and search of a customer with 200 wishes, a night of reminders.

    python -m bench content          (BENCH_ITEMS=20000 BENCH_CUSTOMERS=20000 for smaller ones)

Items are written by SQL as copies of a released one, with words and securities of their own. List
and search are asked in the process, without a network: what the server takes for the whole page.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from bench.content_night import night
from bench.copies import copy, run
from bench.in_process import asked, signed_in, with_assets
from bench.portal import figures_from, running_portal

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
ITEMS = int(os.environ.get("BENCH_ITEMS", "200000"))
WISHES = 200
"""Securities that the reader follows."""
ASKED = 40
"""Times that a page is asked."""
Figures = dict[str, float | int | str]


def measure() -> dict[str, Figures]:
    """Milliseconds and queries of list and search, seconds and memory of a night."""
    sizes = {"BENCH_CUSTOMERS": str(CUSTOMERS), "BENCH_ITEMS": str(ITEMS)}
    with running_portal() as (_address, environment):
        found: dict[str, Figures] = {
            name: figures_from("bench.content", name, environment={**environment, **sizes})
            for name in WORK
        }
        return found


def _items() -> None:
    """Released items of two months, each with two securities and words of its own."""
    from content.models import Item, Revision

    lacking = ITEMS - Item.objects.count()
    if lacking <= 0:
        return
    first = Item.objects.filter(status="live", live__for_visitors=True).order_by("pk").first()
    assert first is not None, "the demonstration has released items"
    last = Item.objects.order_by("-pk").values_list("pk", flat=True)[0]
    draft = {"ref": "gen_random_uuid()", "status": "'draft'", "live_id": "NULL"}
    draft |= {"released_at": "NULL", "raw_id": "NULL"}
    # a common word, one of a thousand and one of its own; a tenth of all speak of 降准
    draft["search"] = (
        "array_to_tsvector(tsvector_to_array(s.search) || ARRAY['bench', 'topic' || n %% 1000,"
        " 'only' || n, CASE WHEN n %% 10 = 0 THEN '降准' ELSE 'other' END])"
    )
    table = "content_item s, generate_series(1, %s) n WHERE s.id = %s"
    run(copy(Item, table, **draft), lacking, first.pk)
    signed = {"ref": "gen_random_uuid()", "item_id": "i.id", "number": "1"}
    signed["grade"] = "CASE WHEN i.id %% 3 = 0 THEN 'R3' ELSE 'R1' END"
    signed["for_visitors"] = "i.id %% 3 > 0"
    fresh = "content_revision s, content_item i WHERE s.id = %s AND i.id > %s"
    run(copy(Revision, fresh, **signed), first.live_id, last)
    run(
        "UPDATE content_item i SET status = 'live', live_id = r.id,"
        " released_at = now() - (i.id %% 60) * interval '1 day' - i.id * interval '1 second'"
        " FROM content_revision r WHERE r.item_id = i.id AND i.id > %s",
        last,
    )
    for step in (1, 7):
        run(
            "INSERT INTO content_item_instruments (item_id, instrument_id)"
            " SELECT i.id, known.ids[1 + i.id * %s %% cardinality(known.ids)] FROM content_item i,"
            " (SELECT array_agg(id ORDER BY id) AS ids FROM reference_instrument) known"
            " WHERE i.id > %s ON CONFLICT DO NOTHING",
            step, last,
        )  # fmt: skip
    run("ANALYZE content_item, content_revision, content_item_instruments")


def _reader() -> Any:
    """A signed-in customer with holdings and WISHES securities that they follow."""
    from brokerage.core import clock
    from brokerage.reference.models import Instrument
    from content.models import Follow

    user = with_assets()
    Follow.objects.bulk_create(
        [
            Follow(customer=user.customer, instrument=one, since=clock.now())
            for one in Instrument.objects.order_by("pk")[:WISHES]
        ],
        ignore_conflicts=True,
    )
    return signed_in(user)


def _asked(path: str) -> Figures:
    """Figures of a page, and how many items there are."""
    from bench.holdings import _securities
    from brokerage.core import clock
    from content.models import Item

    _securities()
    _items()
    figures: Figures = {"items": Item.objects.filter(released_at__lte=clock.now()).count()}
    return figures | asked(_reader(), path, times=ASKED)


WORK = {
    "own_list": lambda: _asked("/insights/"),
    "own_list_by_time": lambda: _asked("/insights/?order=time"),
    "search_common_word": lambda: _asked("/insights/?q=bench"),
    "search_one_of_ten": lambda: _asked("/insights/?q=降准"),
    "search_one_of_a_thousand": lambda: _asked("/insights/?q=topic7"),
    "search_one_item": lambda: _asked("/insights/?q=only77"),
    "night": lambda: night(CUSTOMERS),
}

if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(WORK[sys.argv[1]]()))
