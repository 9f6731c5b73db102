"""The portal's database is killed while people work: nothing acknowledged is lost, and it is back.

`test_database_killed.py` has the same with PostgreSQL alone, and the control that must lose.
"""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from tests.faults.callers import Caller, until
from tests.faults.load import Load, customer_work, number_in, partner_work
from tests.faults.portal import Portal
from tests.servers import kill_everything

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
BACK_WITHIN = 5.0


@pytest.mark.parametrize("outage", [0.0, 9.0], ids=["at once", "away for nine seconds"])
def test_nothing_acknowledged_is_lost(portal: Portal, outage: float) -> None:
    customer = portal.visitor().sign_up(f"1390000050{outage:.0f}")
    home = customer.begin()
    with Load() as load:
        for number in range(3):
            load.run(partner_work(portal.program(), f"outage{outage:.0f}-{number}"))
        load.run(customer_work(customer, home))
        until(lambda: len(load.acknowledged) > 40, within=60, what="work is done")
        kill_everything(portal.cluster)
        threading.Event().wait(outage)  # the length of the outage is what is tested
        portal.cluster.ensure()
        up = time.monotonic()
        seen = len(load.acknowledged)
        until(lambda: len(load.acknowledged) > seen + 20, within=30, what="work goes on")

    assert load.bugs == []
    began_after = [(at - up, status) for at, status in load.statuses if at > up]
    late = [status for after, status in began_after if after > BACK_WITHIN]
    assert set(late) <= {201, 302}, Counter(late)
    assert 500 not in Counter(status for _after, status in began_after), "stale connection"
    assert min(after for after, status in began_after if status == 201) < BACK_WITHIN
    rows = portal.ask("SELECT partner_reference, ref::text FROM partners_entrylink")
    kept = dict(rows)
    entries = {key: ref for key, ref in load.acknowledged.items() if not key.startswith("/open/")}
    assert {key: kept.get(key) for key in entries} == entries
    # the kept name is the last acknowledged one, or a later one whose answer was lost
    assert number_in(customer.get(f"{home}identity/").text) >= int(load.acknowledged[home])
    assert portal.manage("verify_journal").stdout


def test_while_it_is_away_people_are_told_to_come_back(portal: Portal) -> None:
    portal.cluster.stop("immediate")
    try:
        for path in ("/open/", "/readyz", "/me/"):
            caller = Caller(portal.port)
            caller.cookies["sessionid"] = "x" * 32
            answer = caller.ask("GET", path)
            assert answer.status == 503, path
            assert int(answer.headers["Retry-After"]) > 0
        assert Caller(portal.port).ask("GET", "/healthz").status == 200
        program = Caller(portal.port)
        answer = program.ask("GET", "/api/v1/me", headers={"Authorization": "Bearer " + "a" * 43})
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
    finally:
        portal.cluster.ensure()
    until(portal.is_ready, within=BACK_WITHIN, what="ready again")
