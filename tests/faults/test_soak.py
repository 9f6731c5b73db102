"""`make soak`: people work for minutes while parts are killed at random; then everything is right.

SOAK_SEED repeats a run's choices, SOAK_SECONDS changes its length (300).
"""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from tests.faults.callers import insist, until
from tests.faults.load import Load, customer_work, number_in, partner_work
from tests.faults.portal import Portal, kill
from tests.servers import kill_everything

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("portal")]
SECONDS = int(os.environ.get("SOAK_SECONDS", "300"))
PROGRAMS, CUSTOMERS = 3, 3
REPLAY = """
from accounts.models import Application
from brokerage.journal.selectors import replay_status
rows = list(Application.objects.all())
wrong = [row.ref for row in rows
         if replay_status("accounts.application", row.ref) != row.status]
print(len(rows), len(wrong))
"""


def kill_one_worker(portal: Portal, chance: random.Random) -> None:
    if workers := portal.workers():
        kill(chance.choice(workers))


def kill_web(portal: Portal, chance: random.Random) -> None:
    kill(portal.running["web"].pid, *portal.workers())


def kill_events(portal: Portal, chance: random.Random) -> None:
    kill(portal.running["events"].pid)


def kill_jobs(portal: Portal, chance: random.Random) -> None:
    kill(portal.running["jobs"].pid)


def kill_database(portal: Portal, chance: random.Random) -> None:
    kill_everything(portal.cluster)


FAULTS: list[Callable[[Portal, random.Random], None]] = [
    kill_one_worker,
    kill_web,
    kill_events,
    kill_jobs,
    kill_database,
]


def _is_back(portal: Portal) -> bool:
    """Start what has ended, as the launcher does each moment; who was killed may still die."""
    portal.revive()
    return portal.is_ready()


def test_chaos(portal: Portal) -> None:
    seed = int(os.environ.get("SOAK_SEED", secrets.randbelow(1_000_000)))
    print(f"SOAK_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    chance, done = random.Random(seed), Counter[str]()
    homes = {}
    for number in range(CUSTOMERS):
        customer = portal.visitor().sign_up(f"1390000080{number}")
        homes[customer.begin()] = customer
    programs = {f"soak-{number}": portal.program() for number in range(PROGRAMS)}
    with Load() as load:
        for name, program in programs.items():
            load.run(partner_work(program, name))
        for home, customer in homes.items():
            load.run(customer_work(customer, home))
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            fault = chance.choice(FAULTS)
            fault(portal, chance)
            done[fault.__name__] += 1
            until(partial(_is_back, portal), within=60, what=f"ready after {fault.__name__}")
            seen = len(load.statuses)
            until(lambda: len(load.statuses) > seen + 10, within=60, what="work")  # noqa: B023 - called at once
            threading.Event().wait(chance.random() * 2)  # until the next fault

    portal.revive()
    print(dict(done), Counter(status for _at, status in load.statuses))  # noqa: T201 - for who runs it
    assert load.bugs == []
    assert 500 not in Counter(status for _at, status in load.statuses)
    check_nothing_lost(portal, load)
    for home, customer in homes.items():
        kept = number_in(customer.get(f"{home}identity/").text)
        assert kept >= int(load.acknowledged[home])
    check_it_comes_to_rest(portal)
    for name, program in programs.items():  # no key is stuck: whatever was cut succeeds now
        numbers = [
            int(key.rsplit("-", 1)[1]) for key in load.acknowledged if key.startswith(f"{name}-")
        ]
        missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
        for number in missing[-20:]:
            reference = f"{name}-{number}"
            insist(lambda: program.make_entry(reference), within=5, good=201)  # noqa: B023 - called at once


def check_nothing_lost(portal: Portal, load: Load) -> None:
    rows = dict(portal.ask("SELECT partner_reference, ref::text FROM partners_entrylink"))
    made = {key: ref for key, ref in load.acknowledged.items() if key.startswith("soak-")}
    assert len(made) > 20
    assert {key: rows.get(key) for key in made} == made
    twice = (
        "SELECT subject_ref FROM journal_entry WHERE kind = 'partners.entry_link_made' "
        "GROUP BY subject_ref HAVING count(*) > 1"
    )
    assert portal.ask(twice) == []


def check_it_comes_to_rest(portal: Portal) -> None:
    """Deliveries drain, no request hangs, no key is half taken, journal and replay agree."""
    pending = "SELECT count(*) FROM journal_delivery WHERE state = 'pending'"
    until(lambda: portal.ask(pending) == [(0,)], within=90, what="deliveries drain", pause=0.5)
    hanging = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'"
    until(lambda: portal.ask(hanging) == [(0,)], within=60, what="no transaction hangs", pause=0.5)
    half = "SELECT count(*) FROM journal_idempotencykey WHERE reply IS NULL"
    assert portal.ask(half) == [(0,)]
    until(
        lambda: "; 0 not yet sealed" in portal.manage("verify_journal").stdout,
        within=60,
        what="the journal is sealed and verifies",
        pause=1,
    )
    applications, wrong = portal.manage("shell", "-v0", "-c", REPLAY).stdout.split()
    assert int(applications) >= CUSTOMERS
    assert wrong == "0"
