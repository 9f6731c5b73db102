"""Applications as professional investors for tests, made through the use cases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer, Kind
from suitability.files import CLASS_EVIDENCE
from suitability.models import KnowledgeTest, StatusRequest
from suitability.rules.grades import ProfessionalKind
from suitability.selectors import counting_assessment
from suitability.selectors.rules import knowledge_rules_of
from suitability.use_cases.asking_status import (
    accept_risk,
    ask_for_status,
    explain_protections,
    send_request,
)
from suitability.use_cases.deciding_status import Found, confirm_decision, examine_request
from suitability.use_cases.knowledge_tests import begin_test, send_test
from suitability.use_cases.proving_status import give_proof
from tests.branches.factories import make_staff
from tests.files.factories import checked, jpeg
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment

READ = timedelta(seconds=30)
PERSON_FACTS = {"financial_assets": Decimal(6_000_000), "investing_months": Decimal(36)}
CONVERSION_FACTS = {"financial_assets": Decimal(3_500_000), "investing_months": Decimal(14)}


def an_organisation(customer: Customer) -> Customer:
    """The same customer as an organisation."""
    customer.kind = Kind.ORGANISATION
    customer.save()
    return customer


def an_application(
    customer: Customer,
    kind: ProfessionalKind = ProfessionalKind.PERSON,
    *,
    at: datetime = AT,
) -> StatusRequest:
    """Begun, nothing else."""
    return ask_for_status(customer=customer, kind=kind, language="zh-hans", actor=ACTOR, at=at)


def a_file(customer: Customer) -> Any:
    """A checked file of this customer."""
    return checked(jpeg(), owner=customer.ref, purpose=CLASS_EVIDENCE)


def prove(
    request: StatusRequest, facts: dict[str, Decimal | None], *, day: date | None = None
) -> None:
    """Give each fact with one file."""
    for fact, amount in facts.items():
        give_proof(
            request=request,
            fact=fact,
            amount=amount,
            as_of=day or business_date(request.started_at),
            file_refs=[a_file(request.customer).ref],
            actor=ACTOR,
            at=request.started_at,
        )


def explained(request: StatusRequest, *, at: datetime = AT) -> StatusRequest:
    """What is given up is read and accepted."""
    told = explain_protections(request=request, actor=ACTOR, at=at)
    return accept_risk(request=told, text=told.text, actor=ACTOR, at=at + READ)


def answers_of(test: KnowledgeTest, *, wrong: int = 0) -> dict[str, str]:
    """The right answers, but for the first `wrong` questions."""
    rules = knowledge_rules_of(test.rule_version)
    found = {}
    for place, key in enumerate(test.drawn):
        question = rules.question(key)
        others = [each.key for each in question.options if each.key != question.right]
        found[key] = others[0] if place < wrong else question.right
    return found


def a_test(request: StatusRequest, *, wrong: int = 0, at: datetime = AT) -> KnowledgeTest:
    """A test that is sent in."""
    test = begin_test(request=request, at=at)
    return send_test(test=test, answers=answers_of(test, wrong=wrong), actor=ACTOR, at=at)


def a_sent_application(
    customer: Customer,
    kind: ProfessionalKind = ProfessionalKind.PERSON,
    facts: dict[str, Decimal | None] | None = None,
    *,
    at: datetime = AT,
    day: date | None = None,
) -> StatusRequest:
    """An application with everything that its kind asks for, with the officers."""
    conversion = kind is ProfessionalKind.CONVERTED
    person = customer.kind != Kind.ORGANISATION
    if conversion and person and counting_assessment(customer, business_date(at)) is None:
        a_confirmed_assessment(customer, at=at)
    request = explained(an_application(customer, kind, at=at), at=at)
    prove(request, facts or dict(CONVERSION_FACTS if conversion else PERSON_FACTS), day=day)
    if conversion:
        a_test(request, at=at)
    return send_request(
        request=request,
        purpose="想参与更多品种",
        extra="没有负债" if conversion else "",
        actor=ACTOR,
        at=at + READ,
    )


def as_claimed(request: StatusRequest) -> dict[str, Found]:
    """Every proof shows what the customer claims."""
    return {
        proof.fact: Found(accepted=True, amount=proof.as_claimed.amount)
        for proof in request.proofs.all()
    }


def an_examined_application(
    request: StatusRequest, *, favourable: bool = True, officer: Any = None, at: datetime = AT
) -> StatusRequest:
    """The first officer has proposed."""
    return examine_request(
        request=request,
        found=as_claimed(request),
        favourable=favourable,
        reason="资料齐全" if favourable else "工作证明与申请不符",
        officer=officer or make_staff(Role.COMPLIANCE),
        at=at,
    )


def a_professional(
    customer: Customer,
    kind: ProfessionalKind = ProfessionalKind.PERSON,
    facts: dict[str, Decimal | None] | None = None,
    *,
    at: datetime = AT,
    day: date | None = None,
) -> StatusRequest:
    """A granted application; the customer is a professional investor."""
    sent = a_sent_application(customer, kind, facts, at=at, day=day)
    examined = an_examined_application(sent, at=at)
    return confirm_decision(request=examined, officer=make_staff(Role.COMPLIANCE), at=at)
