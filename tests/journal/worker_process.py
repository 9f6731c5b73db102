"""A delivery worker of its own process: python -m tests.journal.worker_process DATABASE HANDLER.

HANDLER "stop" stops in the middle of its work, so that the test can kill the process there.
"""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from typing import Any

import django
from django.conf import settings


def deliver_and_stop(event: Any, entry: Any) -> None:
    """Have an effect, say so, and never come back."""
    deliver(event, entry)
    sys.stdout.write("working\n")
    sys.stdout.flush()
    threading.Event().wait()


def deliver(event: Any, entry: Any) -> None:
    """Have an effect in the database; refuses to have it twice."""
    from brokerage.journal.models import Heartbeat

    Heartbeat.objects.create(name=str(entry.ref), at=entry.at)


def main(database: str, handler: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from django.core.management import call_command

    from brokerage.core import clock
    from brokerage.journal import seals
    from brokerage.journal.subscriptions import subscribe
    from tests.journal.factories import ThingMoved, is_decided_here

    seals.is_decided = is_decided_here  # tests beside this one have transactions of their own
    clock.set_offset(timedelta(hours=1) if handler == "deliver_later" else timedelta())
    path = "deliver_and_stop" if handler == "stop" else "deliver"
    subscribe(ThingMoved, f"tests.journal.worker_process.{path}", name="tests.process")
    call_command("deliver_events")


if __name__ == "__main__":
    main(*sys.argv[1:])
