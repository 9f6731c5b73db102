"""What operators see of a running portal: figures of every process, and logs without persons."""

from __future__ import annotations

import json
import re

import pytest

from brokerage.settings.env import BASE_DIR
from tests.faults.callers import Caller, until
from tests.faults.portal import Portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
PHONE, NAME = "13987654321", "欧阳慕白"


def counted(portal: Portal, route: str) -> float:
    text = Caller(portal.port, address="127.0.0.1").ask("GET", "/metrics").text
    pattern = rf'brokerage_requests_total{{[^}}]*route="{route}"[^}}]*}} ([\d.]+)'
    return sum(float(figure) for figure in re.findall(pattern, text))


def test_metrics_add_up_the_requests_of_all_workers(portal: Portal) -> None:
    before, asked = counted(portal, "healthz"), 0
    served: set[int] = set()

    def both_have_served() -> bool:
        nonlocal asked
        asked += 1
        caller = Caller(portal.port)
        caller.ask(
            "GET",
            "/healthz",
            sent=lambda connection: served.add(portal.worker_of(connection.getsockname()[1]) or 0),
        )
        return len(served - {0}) == 2

    until(both_have_served, within=40, what="both workers serve", pause=0)
    assert counted(portal, "healthz") == before + asked
    text = Caller(portal.port, address="127.0.0.1").ask("GET", "/metrics").text
    for gauge in ("pending", "dead_letters", "unsealed", "worker_beat_seconds"):
        assert f'brokerage_journal{{of="{gauge}"}}' in text
    assert 'brokerage_announced_trading_days_ahead{of="' in text


def test_the_documented_metrics_are_the_ones_shown(portal: Portal) -> None:
    Caller(portal.port).ask("GET", "/healthz")
    shown = Caller(portal.port, address="127.0.0.1").ask("GET", "/metrics").text
    documented = (BASE_DIR / "docs" / "operations.md").read_text()
    names = set(re.findall(r"brokerage_\w+", documented))
    figures = set(re.findall(r'of="(\w+)"', documented))
    assert len(names) >= 4
    assert {name for name in names if name not in shown} == set()
    assert {figure for figure in figures if f'of="{figure}"' not in shown} == set()


# procrastinate's own greeting, and its last words where a test took its database away for long
PLAIN = (
    "Launching a worker on all queues",
    "couldn't get a connection after",
    "pool initialization incomplete after",
    "Database error.",
)


def test_logs_are_json_and_name_nobody(portal: Portal) -> None:
    customer = portal.visitor().sign_up(PHONE)
    home = customer.begin()
    customer.send(f"{home}identity/", name=NAME)
    customer.get(f"/open/?phone={PHONE}&name=canary-in-a-query")
    customer.get(f"/nowhere/{PHONE}/")
    query = "SELECT count(*) FROM journal_delivery WHERE state = 'pending'"
    until(lambda: portal.ask(query) == [(0,)], within=60, what="everything is delivered")
    read = 0
    for name in ("web", "events", "jobs"):
        for line in portal.log(name):
            assert PHONE not in line
            assert PHONE[-8:] not in line
            assert NAME not in line
            assert "canary-in-a-query" not in line
            if line.startswith(PLAIN):
                continue
            assert set(json.loads(line)) >= {"at", "level", "event", "request_id"}, line
            read += 1
    assert read > 5
    routes = {json.loads(line).get("route") for line in portal.log("web")}
    assert "open/<uuid:ref>/<slug:step>/" in routes
