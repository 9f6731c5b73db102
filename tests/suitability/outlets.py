"""Customers at an outlet, who insists there, and recordings, for tests."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from suitability.models import (
    DoubleRecording,
    InsistCase,
    MatchRecord,
    SaleFollowUp,
    StatusRequest,
)
from suitability.selectors import counting_assessment
from suitability.selectors.rules import recording_rules_of, recording_rules_on
from suitability.states import RecordingAbout
from suitability.use_cases.at_outlets import Counter
from suitability.use_cases.following_up import plan_follow_up
from suitability.use_cases.insisting import acknowledge_warning, ask_to_insist, show_warning
from suitability.use_cases.recordings import (
    FILES,
    begin_recording,
    check_recording,
    keep_chapter,
)
from tests.branches.factories import give_licence, make_staff, make_unit, offer
from tests.customers.factories import a_customer
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment
from tests.suitability.matching import a_decision, a_graded_item

WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d")
MINUTE, PAUSE = timedelta(minutes=1), timedelta(minutes=30)
GOOD = {"person": True, "sound": True, "script": True, "answers": True, "understood": True}


class Outlet:
    """An outlet with somebody who records, somebody who checks, and a customer of class C4."""

    def __init__(
        self, phone: str = "+8613900670001", *, unit: Any = None, customer: Any = None
    ) -> None:
        self.unit = unit or make_unit()
        self.officer: Any = make_staff(Role.OPENING_OFFICER, self.unit)
        offer(self.unit, "double_recording")
        give_licence(self.officer, "recording")
        self.checker: Any = make_staff(Role.REVIEWER)
        self.customer: Any = customer or a_customer(phone)
        self.customer.home_outlet_ref = self.unit.ref
        self.customer.save(update_fields=["home_outlet_ref"])
        if counting_assessment(self.customer, business_date(AT)) is None:
            a_confirmed_assessment(self.customer)

    @property
    def counter(self) -> Counter:
        """The officer at this outlet."""
        return Counter(place=self.unit, served_by=self.officer)

    def decision(self, grade: str = "R5", *, at: datetime = AT, **item: Any) -> MatchRecord:
        """Of today, on an item above the class by default."""
        return a_decision(self.customer, a_graded_item(grade, **{"type": "equity"} | item), at=at)

    def asked(self, decision: MatchRecord | None = None, *, at: datetime = AT) -> InsistCase:
        """A wish that was written down here, with the warning handed over."""
        case = ask_to_insist(
            decision=decision or self.decision(),
            wish="朋友在买，我研究过",
            language="zh-hans",
            actor=Actor.of(self.officer),
            at=at,
            place=self.unit,
            served_by=self.officer,
        )
        return show_warning(case=case, actor=ACTOR, at=at)

    def acknowledged(self, *, at: datetime = AT) -> InsistCase:
        """The same, acknowledged; the pause runs."""
        case = self.asked(at=at)
        return acknowledge_warning(case=case, warning=case.warning, actor=ACTOR, at=at)

    def begun(self, subject: MatchRecord | StatusRequest, **given: Any) -> DoubleRecording:
        """A recording without a chapter."""
        values = {
            "about": RecordingAbout.INSIST,
            "consent": recording_rules_on(AT.date()).consent,
            "place": self.unit,
            "language": "zh-hans",
            "staff": self.officer,
            "at": AT,
        }
        return begin_recording(subject=subject, **(values | given))

    def whole(self, recording: DoubleRecording, *, at: datetime = AT + MINUTE) -> DoubleRecording:
        """The same with every chapter."""
        for chapter in recording.chapters.all():
            file = a_video(recording, at, more=chapter.ref.bytes)
            keep_chapter(chapter=chapter, file_ref=file.ref, staff=self.officer, at=at)
        recording.refresh_from_db()
        return recording

    def checked(self, recording: DoubleRecording, **findings: bool) -> DoubleRecording:
        """The same, looked at by somebody else."""
        points = {each.key for each in recording_rules_of(recording.rule_version).points}
        assert points == set(GOOD)
        found = GOOD | findings
        return check_recording(
            recording=recording,
            findings=found,
            note="" if all(found.values()) else "第三段听不清",
            officer=self.checker,
            at=AT + 2 * MINUTE,
        )


def a_video(recording: DoubleRecording, at: datetime, *, more: bytes = b"") -> files.StoredFile:
    """A small file that is a video by its first bytes."""
    return files.store(
        upload=io.BytesIO(WEBM + b"\x00" * 2000 + more),
        purpose=FILES,
        owner_ref=recording.ref,
        actor=ACTOR,
        at=at,
    )


def a_recording(unit: Any, customer: Any) -> DoubleRecording:
    """A recording of a customer of this outlet that has just begun."""
    outlet = Outlet(unit=unit, customer=customer)
    return outlet.begun(outlet.asked().record)


def a_follow_up(unit: Any, customer: Any) -> SaleFollowUp:
    """A call on a sale of what did not suit a customer of this outlet."""
    decision = Outlet(unit=unit, customer=customer).decision()
    made = plan_follow_up(decision=decision, sale=uuid4(), sold_at=AT, seller=None, at=AT)
    assert made is not None
    return made
