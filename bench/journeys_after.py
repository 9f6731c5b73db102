"""After a customer has sent: checks, reading, review by the rule, signed file, opening.

`python -m bench.journeys_after` works off all sent applications in the environment of a portal,
and prints the processor time of each part in milliseconds for one application, as JSON.
In a process of its own, so that its processor time is that of a worker. The first WARM fill its
caches and are not counted: a worker does so once in its life, not once for each customer.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

SPENT: defaultdict[str, float] = defaultdict(float)
AHEAD = timedelta(days=12)  # the depository works within its hours, after any holiday
WARM = 6
"""Applications that are worked off first: the sixth time a statement is planned."""


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Count the processor time of what is inside, all threads together."""
    begun = time.process_time()
    yield
    SPENT[what] += (time.process_time() - begun) * 1000


@contextmanager
def unmeasured() -> Iterator[None]:
    """Forget what is counted inside."""
    before = SPENT.copy()
    yield
    SPENT.clear()
    SPENT.update(before)


def main() -> None:
    """Work off, and print."""
    import django

    django.setup()
    from accounts.models import Application
    from accounts.states import Status
    from brokerage.core import clock
    from brokerage.journal.models import Delivery

    sent = list(Application.objects.filter(status=Status.SUBMITTED).order_by("pk"))
    _load_reader()
    counted = sent[WARM:]
    with unmeasured():
        _deliver(Delivery.objects.filter(state="pending").count() * WARM // max(len(sent), 1))
    _deliver()
    with unmeasured():
        for application in sent[:WARM]:
            _work_off(application, clock.now())
    for application in counted:
        _work_off(application, clock.now())
    states = Counter(
        Application.objects.filter(pk__in=[one.pk for one in sent]).values_list(
            "status", flat=True
        )
    )
    if set(states) - {"active"}:
        sys.stderr.write(f"  left: {dict(states)}\n")
    each = {what: round(spent / max(len(counted), 1), 1) for what, spent in SPENT.items()}
    print(json.dumps({"activated": states["active"], **each}))


def _load_reader() -> None:
    """The model is loaded once in the life of a worker: 2 seconds that belong to nobody."""
    from PIL import Image

    from accounts.documents.reader import read_lines

    read_lines(Image.new("RGB", (640, 400), "white"))


def _work_off(application: Any, at: datetime) -> None:
    from accounts.models import Pack, Reading
    from accounts.states import FollowUpQuestion, Status
    from accounts.use_cases.follow_up import answer_follow_up
    from accounts.use_cases.readings import read_document
    from accounts.use_cases.signing import seal_pack
    from brokerage.demo.proofs import answer_outside
    from brokerage.files.models import StoredFile
    from brokerage.files.use_cases.check_file import check
    from brokerage.journal.actors import Actor

    with timed("files checked, photos encoded anew"):
        for file in StoredFile.objects.filter(owner_ref=application.ref, original=None):
            check(ref=file.ref, at=at)
    with timed("photos read"):
        for reading in Reading.objects.filter(application=application):
            read_document(reading=reading, at=at)
    with timed("answers from outside"):
        answer_outside(application, at=at, until=at + AHEAD)
    _deliver()
    application.refresh_from_db()
    if application.status in (Status.SUBMITTED, Status.REVIEWING):
        with timed("review by two people"):
            _review(application, at)
        _deliver()
    with timed("signed file"):
        for pack in Pack.objects.current().filter(application=application):
            seal_pack(pack=pack, at=at)
    _deliver()
    with timed("answers from outside"):
        answer_outside(application, at=at, until=at + AHEAD)
    _deliver()
    application.refresh_from_db()
    if application.status == Status.VISIT:
        with timed("last questions"):
            answer_follow_up(
                application=application,
                answers=dict.fromkeys(FollowUpQuestion.values, "yes"),
                actor=Actor.of(application.customer.user),
                at=at + AHEAD,
            )
        _deliver()


def _deliver(most: int = 1_000_000) -> None:
    from brokerage.core import clock
    from brokerage.journal.delivery import deliver_pending

    with timed("events delivered"):
        deliver_pending(at=clock.now() + AHEAD, limit=most)


def _review(application: Any, at: datetime) -> None:
    """Where the rule wants people: the two officers of the demonstration, who agree."""
    from accounts.states import Status, Verdict
    from accounts.use_cases import approve_application, claim_review, propose_verdict
    from brokerage.demo.proofs import watch
    from brokerage.users.models import User

    first = User.objects.get(email="officer@demo.example")
    second = User.objects.get(email="reviewer@demo.example")
    taken = claim_review(application=application, officer=first, at=at)
    for officer in (first, second):
        watch(taken, officer, at=at)
    taken = propose_verdict(
        application=taken, officer=first, verdict=Verdict.APPROVE, reason="资料齐全。", at=at
    )
    if taken.status != Status.APPROVED:
        approve_application(application=taken, officer=second, at=at)


if __name__ == "__main__":
    main()
