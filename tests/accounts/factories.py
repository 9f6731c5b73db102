"""Applications in any state, made through the use cases; and the people around them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from accounts.entries import Entry
from accounts.models import Application
from accounts.selectors import asks_about_sharing, sharing_text
from accounts.states import ACCEPTED, FollowUpQuestion, Refusal, Status, Step, Verdict
from accounts.use_cases import (
    answer_follow_up,
    approve_application,
    begin_opening,
    claim_review,
    expire_application,
    propose_verdict,
    reject_application,
    return_application,
    save_sharing,
    start_application,
    submit_application,
    take_link,
    take_opened,
    withdraw_application,
)
from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.customers.use_cases import load_consent_texts
from brokerage.users.models import User
from suitability.selectors import counting_assessment
from tests.accounts.answers import ACTOR as ACTOR
from tests.accounts.answers import NAME as NAME
from tests.accounts.answers import answer_sections
from tests.accounts.proofs import identify, prove, prove_steps
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.suitability.factories import a_confirmed_assessment

OPENED = {
    "result": "opened",
    "one_code": "180012345678",
    "accounts": [
        {"type": "sh_a", "number": "A123456789", "code": ""},
        {"type": "sz_a", "number": "0123456789", "code": ""},
    ],
}
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def an_officer(outlet: OrgUnit | None = None) -> User:
    """An opening officer of `outlet` (of the whole firm by default)."""
    return make_staff(Role.OPENING_OFFICER, outlet)


def a_reviewer(outlet: OrgUnit | None = None) -> User:
    """A reviewer of `outlet` (of the whole firm by default)."""
    return make_staff(Role.REVIEWER, outlet)


def a_draft(
    customer: Customer | None = None, *, origin: UUID | None = None, at: datetime = AT
) -> Application:
    """An application without answers."""
    entry = Entry(uuid4(), origin, "示例银行") if origin else None
    return start_application(customer=customer or a_customer(), entry=entry, actor=ACTOR, at=at)


def a_complete_draft(
    customer: Customer | None = None,
    *,
    outlet: OrgUnit | None = None,
    origin: UUID | None = None,
    shares: bool = True,
    at: datetime = AT,
) -> Application:
    """A draft with all answers, ready to be sent."""
    application = a_draft(customer, origin=origin, at=at)
    application = answer_sections(application, outlet or make_unit(), at=at)
    prove_steps(application, at=at)
    if counting_assessment(application.customer, clock.business_date(at)) is None:
        a_confirmed_assessment(application.customer, at=at, changed="换了工作")
    if asks_about_sharing(application):
        load_consent_texts(at=at)
        text = sharing_text("zh-hans", at)
        application = save_sharing(
            application=application,
            text=text if shares else None,
            version=application.version,
            actor=ACTOR,
            channel="portal",
            at=at,
        )
    return application


def an_application(
    status: str = Status.SUBMITTED,
    *,
    customer: Customer | None = None,
    outlet: OrgUnit | None = None,
    origin: UUID | None = None,
    shares: bool = True,
    officer: User | None = None,
    reviewer: User | None = None,
    proposed: Verdict | None = None,
    at: datetime = AT,
) -> Application:
    """An application in `status`, with `proposed` waiting for a second person where given."""
    draft = a_complete_draft(customer, outlet=outlet, origin=origin, shares=shares, at=at)
    match status:
        case Status.DRAFT:
            return draft
        case Status.WITHDRAWN:
            return withdraw_application(application=draft, actor=ACTOR, at=at)
        case Status.EXPIRED:
            ended = expire_application(application=draft, untouched_since=clock.now(), at=at)
            assert ended is not None
            return ended
    sent = submit_application(application=draft, actor=ACTOR, at=at)
    if status == Status.SUBMITTED:
        return sent
    first = officer or an_officer(outlet)
    taken = claim_review(application=sent, officer=first, at=at)
    if status == Status.RETURNED:
        return return_application(
            application=taken, officer=first, steps=[Step.IDENTITY], note="请核对姓名", at=at
        )
    wanted = Verdict.APPROVE if status in ACCEPTED else proposed
    verdict = Verdict.REJECT if status == Status.REJECTED else wanted
    if verdict is None:
        return taken
    if verdict == Verdict.APPROVE:
        identify(taken, at=at)
    taken = propose_verdict(
        application=taken,
        officer=first,
        verdict=verdict,
        refusal=Refusal.IDENTITY if verdict == Verdict.REJECT else None,
        at=at,
    )
    if status == Status.REVIEWING:
        return taken
    decide = approve_application if verdict == Verdict.APPROVE else reject_application
    decided = decide(application=taken, officer=reviewer or a_reviewer(outlet), at=at)
    return after_approval(decided, status, at=at)


def after_approval(application: Application, status: str, *, at: datetime = AT) -> Application:
    """An approved application moved on to `status`, the depository and the bank answering well."""
    if status in (Status.APPROVED, Status.REJECTED):
        return application
    prove(application, at=at)
    application = begin_opening(application=application, at=at)
    if status == Status.OPENING:
        return application
    take_link(application=application, result="linked", at=at)
    application = take_opened(application=application, facts=OPENED, at=at)
    if status == Status.VISIT:
        return application
    answers = dict.fromkeys(FollowUpQuestion.values, "yes")
    return answer_follow_up(application=application, answers=answers, actor=ACTOR, at=at)
