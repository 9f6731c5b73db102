"""The portal's database is killed while people work: nothing acknowledged is lost, and it is back.

`test_database_killed.py` has the same with PostgreSQL alone, and the control that must lose.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.faults.callers import Answer, Caller, Cut, Visitor, until
from tests.faults.portal import Portal
from tests.servers import kill_everything

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
BACK_WITHIN = 5.0


@dataclass
class Load:
    """Clients that write until told to stop, and what was acknowledged to them."""

    stopping: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[str, str] = field(default_factory=dict)
    statuses: list[tuple[float, int]] = field(default_factory=list)  # when begun, status or 0
    threads: list[threading.Thread] = field(default_factory=list)
    bugs: list[BaseException] = field(default_factory=list)

    def run(self, work: Callable[[int], tuple[str, str, Answer]]) -> None:
        """Repeat `work(number)`, which gives what it wrote: key, value and answer."""

        def repeat() -> None:
            number = 0
            while not self.stopping.is_set():
                number += 1
                began = time.monotonic()
                try:
                    key, value, answer = work(number)
                except Cut:
                    self.statuses.append((began, 0))
                    self.stopping.wait(0.05)
                    continue
                except BaseException as bug:
                    self.bugs.append(bug)
                    return
                self.statuses.append((began, answer.status))
                if answer.status in (201, 302):
                    self.acknowledged[key] = value
                else:
                    self.stopping.wait(0.05)

        thread = threading.Thread(target=repeat)
        self.threads.append(thread)
        thread.start()

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


def partner_work(portal: Portal, name: str) -> Callable[[int], tuple[str, str, Answer]]:
    program = portal.program()

    def work(number: int) -> tuple[str, str, Answer]:
        reference = f"{name}-{number}"
        answer = program.make_entry(reference)
        return reference, answer.json["ref"] if answer.status == 201 else "", answer

    return work


def customer_work(customer: Visitor, home: str) -> Callable[[int], tuple[str, str, Answer]]:
    def work(number: int) -> tuple[str, str, Answer]:
        page = customer.get(f"{home}name/")
        if page.status != 200:
            return home, "", page
        body = customer.fill(page, name=name_of(number))
        return home, str(number), customer.post(f"{home}name/", body)

    return work


LETTERS = "甲乙丙丁戊己庚辛壬癸"


def name_of(number: int) -> str:
    return "江" + "".join(LETTERS[int(digit)] for digit in str(number))


def number_in(page: str) -> int:
    """The number of the name that the page shows as kept."""
    found = re.search(rf'value="江([{LETTERS}]+)"', page)
    assert found
    return int("".join(str(LETTERS.index(letter)) for letter in found.group(1)))


@pytest.mark.parametrize("outage", [0.0, 9.0], ids=["at once", "away for nine seconds"])
def test_nothing_acknowledged_is_lost(portal: Portal, outage: float) -> None:
    customer = portal.visitor().sign_up(f"1390000050{outage:.0f}")
    home = customer.begin()
    with Load() as load:
        for number in range(3):
            load.run(partner_work(portal, f"outage{outage:.0f}-{number}"))
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
    assert number_in(customer.get(f"{home}name/").text) >= int(load.acknowledged[home])
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
