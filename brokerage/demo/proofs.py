"""What proves the applications of the demonstration: video, signature, passwords, answers outside.

All through the use cases; the counterparties are those of the sandbox.
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from django.db import transaction

from accounts.evidence.states import CheckStatus
from accounts.files import RECORDING
from accounts.models import Application, OutsideCheck, PinKind
from accounts.papers.kinds import person_of
from accounts.review.films import kept_files
from accounts.signing.packs import pack_of
from accounts.states import FollowUpQuestion, Step
from accounts.use_cases.follow_up import answer_follow_up
from accounts.use_cases.link_bank import take_link
from accounts.use_cases.open_accounts import begin_opening, take_opened
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.pins import set_pins
from accounts.use_cases.recordings import begin_witnessing, keep_chapter
from accounts.use_cases.signing import (
    finish_document,
    open_document,
    present_pack,
    seal_pack,
    send_signing_code,
    sign_pack,
)
from accounts.use_cases.timing import measure
from accounts.use_cases.watch_recording import watch_recording
from branches.models import OrgUnit
from brokerage.files import api as files
from brokerage.files.events import FileServed
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import codes
from brokerage.users.models import User

CLIP = Path(__file__).parent / "data" / "chapter.webm"
LANGUAGE = "zh-hans"
PINS: dict[str, str] = {PinKind.TRADING: "284736", PinKind.FUND: "591627"}


class Proving(Protocol):
    """Who proves it, and the time that goes by."""

    user: User

    @property
    def actor(self) -> Actor: ...

    def later(self, minutes: float) -> datetime: ...


@cache
def clip() -> bytes:
    """Two seconds of a drawn face under the word DEMONSTRATION."""
    return CLIP.read_bytes()


def prove(
    application: Application,
    case: Proving,
    *,
    witness: User | None = None,
    place: OrgUnit | None = None,
) -> None:
    """Video, agreements and passwords, as a customer in a hurry does them.

    Args:
        witness, place: who records the video, and where, for a customer of a counter.
    """
    _film(application, case, witness, place)
    _sign(application, case)
    seen, at = case.later(0.1), case.later(0.4)
    set_pins(
        customer=application.customer,
        pins=PINS,
        birth_date=None,
        document="",
        phones=(),
        actor=case.actor,
        at=at,
    )
    measure(Step.PASSWORDS, since=seen, at=at, typed=4)


def _film(
    application: Application, case: Proving, witness: User | None, place: OrgUnit | None
) -> None:
    made = begin_witnessing(
        application=application,
        language=LANGUAGE,
        at=case.later(0.1),
        witness=witness,
        place=place,
    )
    actor = Actor.of(witness) if witness else case.actor
    for chapter in made.chapters.all():
        at = case.later(chapter.least_seconds / 60 + 0.05)
        file = files.store(
            upload=io.BytesIO(clip()),
            purpose=RECORDING,
            owner_ref=application.ref,
            actor=actor,
            at=at,
        )
        keep_chapter(chapter=chapter, file_ref=file.ref, actor=actor, at=at)


def _sign(application: Application, case: Proving) -> None:
    pack = present_pack(
        application=application, language=LANGUAGE, actor=case.actor, at=case.later(0.05)
    )
    for document in pack.documents.select_related("text"):
        open_document(document=document, at=case.later(0.01))
        finish_document(document=document, at=case.later(document.text.least_seconds / 60 + 0.02))
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)  # the code is read here instead of on a telephone
    try:
        send_signing_code(
            application=application,
            phone=str(case.user.phone),
            language=LANGUAGE,
            at=case.later(0.05),
        )
    finally:
        codes.set_code_sender(before)
    given = application.sections.get(step=Step.IDENTITY).answers
    signer = person_of(given)
    code = sender.sent[-1].code
    sign_pack(
        application=application, code=code, signer=signer, actor=case.actor, at=case.later(0.3)
    )


def watch(application: Application, officer: User, *, at: datetime) -> None:
    """The officer opens every chapter of the video, as the desk does, and says so."""
    with transaction.atomic():
        for ref in kept_files(application):
            event = FileServed(subject=ref, purpose=RECORDING, owner_ref=application.ref)
            record(event, actor=Actor.of(officer), at=at)
    watch_recording(application=application, officer=officer, at=at)


def answer_outside(application: Application, *, at: datetime, until: datetime) -> datetime:
    """Let every counterparty answer that can between `at` and `until`; when the last one did."""
    for check in OutsideCheck.objects.filter(application=application, status=CheckStatus.ASKED):
        when = max(at, check.next_attempt_at or at)
        if when <= until:
            ask(check=check, at=when)
            at = when
    return at


def go_on(application: Application, reached: str, *, at: datetime, until: datetime) -> None:
    """From the approval to `reached`: opening, visit, doubt (a no among the answers) or active."""
    pack = pack_of(application)
    assert pack is not None
    seal_pack(pack=pack, at=at)
    application = begin_opening(application=application, at=at)
    if reached == "opening":
        return
    at = answer_outside(application, at=at, until=until)
    for check in application.outside_checks.filter(status=CheckStatus.ANSWERED):
        if check.kind == "opening":
            application = take_opened(application=application, facts=check.facts, at=at)
        elif check.kind == "link":
            take_link(application=application, result=check.result, at=at)
    if reached == "visit" or application.status != "visit":
        return
    answers = dict.fromkeys(FollowUpQuestion.values, "yes")
    if reached == "doubt":
        answers[FollowUpQuestion.CONDUCT] = "no"
    assert application.customer.user is not None
    answer_follow_up(
        application=application,
        answers=answers,
        actor=Actor.of(application.customer.user),
        at=at,
    )
