"""Pages of one customer asked in this process, without a network: all that the server takes."""

from __future__ import annotations

import statistics
import time
from typing import Any

WARM = 3
"""Times that a page is asked before it is measured."""


def with_assets() -> Any:
    """The log-in of the first customer of the demonstration who holds something."""
    from brokerage.users.models import User

    user = User.objects.filter(customer__asset_snapshots__isnull=False).order_by("pk").first()
    assert user is not None, "the demonstration has customers with assets"
    return user


def signed_in(user: Any) -> Any:
    """Django's own client with a session of the customer `user`."""
    from allauth.usersessions.models import UserSession
    from django.test import Client

    from brokerage.core import clock
    from brokerage.users import sessions

    client = Client(headers={"host": "localhost", "accept-language": "zh-CN"})
    client.force_login(user)
    session = client.session
    sessions.begin(session, clock.now())
    session.save()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1")
    return client


def asked(client: Any, path: str, *, times: int) -> dict[str, float | int]:
    """A page's queries; in ms half and nineteen of twenty times, its database, its processor."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    waited, spent = [], []
    for _warm in range(WARM):
        assert client.get(path).status_code == 200
    for _each in range(times):
        begun, used = time.perf_counter(), time.process_time()
        client.get(path)
        waited.append((time.perf_counter() - begun) * 1000)
        spent.append((time.process_time() - used) * 1000)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    return {
        "queries": len(seen),
        "ms_p50": round(statistics.median(waited), 1),
        "ms_p95": round(statistics.quantiles(waited, n=20)[-1], 1),
        "ms_database": round(1000 * sum(float(one["time"]) for one in seen), 1),
        "cpu_ms": round(statistics.median(spent), 1),
    }
