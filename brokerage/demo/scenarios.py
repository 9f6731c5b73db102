"""Plays customers and staff in the scenarios that institutions run in the sandbox.

All of it by the use cases that the real ones use; people and numbers are invented.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.dated import DRAFT_LIFE
from accounts.entries import find_entry
from accounts.models import Application
from accounts.selectors import sharing_text
from accounts.states import Refusal, Status, Step, Verdict
from accounts.use_cases.decide_application import approve_application, reject_application
from accounts.use_cases.end_application import expire_application
from accounts.use_cases.review import claim_review, propose_verdict, return_application
from accounts.use_cases.save_step import save_sharing
from accounts.use_cases.start_application import start_application
from accounts.use_cases.submit_application import submit_application
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core.clock import business_date, day_begins
from brokerage.core.roles import Role
from brokerage.customers.use_cases.ensure_customer import ensure_customer
from brokerage.demo.answers import agree, answer, born_in
from brokerage.demo.customers import FIRST_PHONE, Case, assess
from brokerage.demo.network import BUILDER
from brokerage.demo.people import name
from brokerage.demo.proofs import answer_outside, go_on, prove, watch
from brokerage.demo.staff import staff_with
from brokerage.reference.models import Rule
from brokerage.users.models import User
from partners.models import ScenarioRun, Statement
from partners.models.statements import month_of
from partners.states import StatementStatus
from partners.use_cases.leads import DuplicateLead, take_lead
from partners.use_cases.make_statements import UnableToState, make_statement
from partners.use_cases.release_statements import check_statement, release_statement
from partners.use_cases.scenarios import UnableToPlay

NUMBERS = [number for number in range(100, 900) if born_in(number) >= 1975]
"""Of invented people that no customer of the demonstration is. Old people need reviewers with a
skill; for those beyond the last number the counterparties of the sandbox play something else."""
TEXT = "本人同意将姓名和手机号提供给贵司，用于联系开户事宜。"


def play(run: ScenarioRun, step: str, at: datetime) -> None:
    """Play one step at the instant `at` of the scenario's clock.

    Raises:
        UnableToPlay: where it cannot be played now.
    """
    STEPS[step](run, at)


def _recommend(run: ScenarioRun, at: datetime) -> None:
    number = _number(run)
    try:
        run.lead = take_lead(
            api_client=run.api_client,
            partner_reference=f"scenario-{str(run.ref)[:8]}",
            name=name(1000 + number).zh,
            phone=_phone(number),
            consented_at=at - timedelta(hours=1),
            consent_reference=f"scenario-{str(run.ref)[:8]}",
            consent_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
            at=at,
        )
    except DuplicateLead as error:
        raise UnableToPlay(
            {"__all__": [_("All invented people were used. The sandbox has to be reset.")]}
        ) from error


def _begin(run: ScenarioRun, at: datetime) -> None:
    user = User.objects.create_customer(_phone(_number(run)), created_at=at)
    case = _case(run, user, at)
    entry = find_entry(run.lead.ref if run.lead else None, at)
    begun = start_application(
        customer=case.customer, entry=entry, actor=case.actor, at=case.later(0.2)
    )
    run.application_ref = begun.ref
    agreed = agree(begun, case)
    save_sharing(
        application=agreed,
        text=sharing_text("zh-hans", case.at),
        version=agreed.version,
        actor=case.actor,
        channel="portal",
        at=case.later(0.3),
    )


def _send(run: ScenarioRun, at: datetime) -> None:
    application, case = _on_the_way(run, at)
    outlets = OrgUnit.objects.filter(kind=Kind.OUTLET, closed_on=None).order_by("code")
    outlet = outlets.filter(code__startswith="JH").first() or outlets.first()
    assert outlet is not None
    for step in ("identity", "profile", "tax", "outlet", "bank"):
        application = answer(application, step, outlet, case)
    assess(case)
    application.refresh_from_db()
    prove(application, case)
    sent = submit_application(application=application, actor=case.actor, at=case.later(0.8))
    answer_outside(sent, at=case.later(0.1), until=at + timedelta(days=1))


def _ask(run: ScenarioRun, at: datetime) -> None:
    application, case = _on_the_way(run, at)
    officer = staff_with(Role.OPENING_OFFICER)[0]
    taken = claim_review(application=application, officer=officer, at=at)
    return_application(
        application=taken,
        officer=officer,
        steps=[Step.PROFILE],
        note="请核对职业与行业信息。",
        at=case.later(5),
    )


def _answer(run: ScenarioRun, at: datetime) -> None:
    application, case = _on_the_way(run, at)
    assert application.outlet is not None
    given = application.sections.get(step=Step.PROFILE)
    corrected = answer(application, "profile", application.outlet, case, version=given.version)
    sent = submit_application(application=corrected, actor=case.actor, at=case.later(0.8))
    answer_outside(sent, at=case.later(0.1), until=at + timedelta(hours=20))


def _decide(verdict: Verdict) -> Callable[[ScenarioRun, datetime], None]:
    def decide(run: ScenarioRun, at: datetime) -> None:
        application, case = _on_the_way(run, at)
        first, second = staff_with(Role.OPENING_OFFICER)[0], staff_with(Role.REVIEWER)[0]
        if application.status == Status.SUBMITTED:
            application = claim_review(application=application, officer=first, at=at)
        declined = verdict == Verdict.REJECT
        if not declined:
            watch(application, first, at=case.later(5))
            watch(application, second, at=case.later(1))
        proposed = propose_verdict(
            application=application,
            officer=first,
            verdict=verdict,
            refusal=Refusal.IDENTITY if declined else None,
            reason="身份信息未能核实。" if declined else "资料齐全。",
            at=case.later(7),
        )
        end = reject_application if declined else approve_application
        end(application=proposed, officer=second, at=case.later(9))

    return decide


def _open(run: ScenarioRun, at: datetime) -> None:
    application, _case_of_it = _on_the_way(run, at)
    go_on(application, "active", at=at, until=at + timedelta(days=30))


def _expire(run: ScenarioRun, at: datetime) -> None:
    application, _case_of_it = _on_the_way(run, at)
    today = business_date(at)
    first_kept = Rule.objects.in_force(DRAFT_LIFE, today).figure.before(today)
    before = day_begins(first_kept)
    expire_application(application=application, untouched_since=before, at=at)


def _reckon(run: ScenarioRun, at: datetime) -> None:
    month = _last_month(at)
    row = Statement.objects.filter(partner=run.partner, month=month).first()
    if row is None or row.status == StatementStatus.MADE:
        try:
            row = make_statement(partner=run.partner, month=month, actor=BUILDER, at=at)
        except UnableToState as error:
            raise UnableToPlay({"__all__": [str(error)]}) from error
    if row is None or row.status == StatementStatus.RELEASED:
        raise UnableToPlay(
            {"__all__": [_("Last month has its statement, or there is nothing to state.")]}
        )
    run.statement = row


def _release(run: ScenarioRun, at: datetime) -> None:
    row = run.statement
    checker, office = staff_with(Role.PARTNER_MANAGER)[0], staff_with(Role.HEAD_OFFICE)[0]
    assert row is not None
    if row.status == StatementStatus.MADE:
        check_statement(statement=row, by=checker, at=at)
    release_statement(statement=Statement.objects.get(pk=row.pk), by=office, at=at)


STEPS: dict[str, Callable[[ScenarioRun, datetime], None]] = {
    "recommend": _recommend,
    "begin": _begin,
    "send": _send,
    "ask": _ask,
    "answer": _answer,
    "approve": _decide(Verdict.APPROVE),
    "decline": _decide(Verdict.REJECT),
    "open": _open,
    "expire": _expire,
    "reckon": _reckon,
    "release": _release,
}


def _number(run: ScenarioRun) -> int:
    """Whom the run is about: another person each time, until all were used."""
    return NUMBERS[run.pk % len(NUMBERS)]


def _phone(number: int) -> str:
    return f"+86{FIRST_PHONE + number}"


def _on_the_way(run: ScenarioRun, at: datetime) -> tuple[Application, Case]:
    rows = Application.objects.select_related("customer__user")
    assert run.application_ref is not None  # it was begun
    application = rows.get(ref=run.application_ref)
    user = application.customer.user
    assert user is not None
    return application, _case(run, user, at)


def _case(run: ScenarioRun, user: User, at: datetime) -> Case:
    customer = ensure_customer(user=user, at=at)
    return Case(user, customer, at, _number(run), at + timedelta(days=1))


def _last_month(at: datetime) -> date:
    return month_of(month_of(business_date(at)) - timedelta(days=1))
