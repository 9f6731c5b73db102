"""Twenty equal requests at one moment have one effect, and everybody gets the same answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.callers import Answer, insist
from tests.faults.portal import Portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
MANY = 20


def at_once(act: Callable[[], Answer]) -> list[Answer]:
    barrier = threading.Barrier(MANY)

    def begin_together(_number: int) -> Answer:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(begin_together, range(MANY)))


def test_twenty_equal_posts_of_a_partner(portal: Portal) -> None:
    program = portal.program()

    def ask() -> Answer:  # 409 with Retry-After means: ask again
        return insist(lambda: program.make_entry("twenty"), within=20, good=201)[0]

    answers = at_once(ask)
    assert len({answer.body for answer in answers}) == 1
    fresh = [each for each in answers if "Idempotent-Replayed" not in each.headers]
    assert len(fresh) == 1
    rows = "SELECT count(*) FROM partners_entrylink WHERE partner_reference = 'twenty'"
    assert portal.ask(rows) == [(1,)]
    events = "SELECT count(*) FROM journal_entry WHERE kind = %s AND subject_ref = %s"
    ref = answers[0].json["ref"]
    assert portal.ask(events, "partners.entry_link_made", ref) == [(1,)]


def test_twenty_equal_forms_of_a_customer(portal: Portal) -> None:
    customer = portal.visitor().sign_up("13900000320")
    home = customer.begin()
    path = f"{home}identity/"
    body = customer.form(path, name="苏念")
    answers = at_once(lambda: customer.post(path, body))
    assert {(each.status, each.headers["Location"]) for each in answers} == {
        (302, f"{home}identity/")
    }
    events = "SELECT count(*) FROM journal_entry WHERE kind = %s AND subject_ref = %s"
    assert portal.ask(events, "accounts.step_saved", home.split("/")[2]) == [(1,)]


def test_twenty_beginnings_make_one_application(portal: Portal) -> None:
    customer = portal.visitor().sign_up("13900000321")
    body = customer.form("/open/")
    answers = at_once(lambda: customer.post("/open/", body))
    assert {each.status for each in answers} == {302}
    assert len({each.headers["Location"] for each in answers}) == 1
