"""Around sales at outlets: a wish with its double recording, and calls after high-risk sales."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from branches.models import OrgUnit, StaffAssignment
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.proofs import clip
from brokerage.demo.staff import staff_with
from brokerage.files import api as files
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from suitability.models import DoubleRecording, InsistCase, MatchRecord, Outcome, SaleFollowUp
from suitability.selectors.rules import questions_of, recording_rules_on
from suitability.states import RecordingAbout
from suitability.use_cases.following_up import plan_follow_up, record_answers
from suitability.use_cases.insisting import acknowledge_warning, ask_to_insist, show_warning
from suitability.use_cases.recordings import FILES, begin_recording, keep_chapter

SPACE = UUID("5a0f6a57-95b2-4d0d-8a52-7f4f0c9d2b11")
WISH = "关注了一年多，也看过招募说明书，想用闲钱少量配置。"
SOLD_BEFORE = timedelta(days=3)
CALLS = 2


def build_outlet_sales(*, at: datetime) -> int:
    """A recording that waits for its check, and two calls; returns how many records were made."""
    if DoubleRecording.objects.exists():
        return 0
    made = 0
    for decision, outlet, officer in _open_at_outlets(at):
        _record(decision, outlet, officer, at)
        made += 1
        break
    return made + _calls(at)


def _open_at_outlets(at: datetime) -> Iterator[tuple[MatchRecord, OrgUnit, User]]:
    """Decisions of today that leave a wish open, with an opening officer of the home outlet."""
    on = business_date(at)
    rows = MatchRecord.objects.filter(outcome=Outcome.INSIST, decided_on=on, insist=None)
    for decision in rows.select_related("customer", "item").order_by("pk"):
        outlet = OrgUnit.objects.filter(ref=decision.customer.home_outlet_ref or SPACE).first()
        assigned = StaffAssignment.objects.on(on).filter(unit=outlet, role=Role.OPENING_OFFICER)
        officer = assigned.select_related("user").order_by("pk").first()
        if outlet and officer and not InsistCase.objects.filter(customer=decision.customer):
            yield decision, outlet, officer.user


def _record(decision: MatchRecord, outlet: OrgUnit, officer: User, at: datetime) -> None:
    actor = Actor.of(officer)
    case = ask_to_insist(
        decision=decision,
        wish=WISH,
        language="zh-hans",
        actor=actor,
        at=at,
        place=outlet,
        served_by=officer,
    )
    show_warning(case=case, actor=actor, at=at)
    acknowledge_warning(case=case, warning=case.warning, actor=actor, at=at)
    recording = begin_recording(
        subject=decision,
        about=RecordingAbout.INSIST,
        consent=recording_rules_on(business_date(at)).consent,
        place=outlet,
        language="zh-hans",
        staff=officer,
        at=at,
    )
    for number, chapter in enumerate(recording.chapters.all(), start=1):
        then = at + number * timedelta(seconds=chapter.least_seconds + 5)
        file = files.store(
            upload=io.BytesIO(clip()),
            purpose=FILES,
            owner_ref=recording.ref,
            actor=actor,
            at=then,
        )
        check(ref=file.ref, at=then)
        keep_chapter(chapter=chapter, file_ref=file.ref, staff=officer, at=then)


def _calls(at: datetime) -> int:
    """Sales of what did not suit: one call waits, one raised a concern."""
    rows = MatchRecord.objects.filter(
        outcome=Outcome.INSIST, customer__home_outlet_ref__isnull=False
    ).select_related("customer")  # nobody calls where no outlet answers for the customer
    planned: list[SaleFollowUp] = []
    for decision in rows.order_by("customer_id", "pk").distinct("customer_id")[:CALLS]:
        made = plan_follow_up(
            decision=decision,
            sale=uuid5(SPACE, str(decision.ref)),
            sold_at=at - SOLD_BEFORE,
            seller=None,
            at=at - SOLD_BEFORE,
        )
        if made:
            planned.append(made)
    for row in planned[1:]:
        answers = {each.key: each.fine for each in questions_of(row.text)}
        record_answers(
            row=row,
            answers=answers | {"told_of_risk": False},
            note="客户说只听过收益，没有人讲过可能亏本金。",
            caller=staff_with(Role.CALL_CENTRE)[0],
            at=at,
        )
    return len(planned)
