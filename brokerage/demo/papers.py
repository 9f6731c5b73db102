"""Customers of the counter: 70 and over, 17 with own income, and people with other documents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.counter.selectors import outlets_to_help_at
from accounts.dated import tax_form
from accounts.documents import specimens
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application, CaseRelease
from accounts.papers.dated import paper_terms
from accounts.papers.kinds import CARD, FOREIGN, LICENCE, ONE_SIDED, STAYS
from accounts.papers.states import AgeGroup
from accounts.states import Step
from accounts.use_cases import Answer, save_section, start_application, submit_application
from accounts.use_cases.help_at_counter import confirm_step, help_with
from accounts.use_cases.release_case import offer_case, take_case
from accounts.use_cases.see_original import see_original
from brokerage.core.clock import business_date
from brokerage.core.identifiers import Document
from brokerage.customers.models import Customer, Kind, Source
from brokerage.customers.use_cases.ensure_customer import ensure_customer
from brokerage.demo.answers import agree, answer
from brokerage.demo.customers import FIRST_PHONE, Case, assess
from brokerage.demo.proofs import answer_outside, prove
from brokerage.files import api as files
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from suitability.content import paper_for

ENTITY = {
    "entity": True,
    "entity_type": "active",
    "us_person": "no",
    "residence": "china",
    "declares": True,
}
FOREIGNER = {
    "residence": "china",
    "us_person": "no",
    "us_asked": True,
    "declares": True,
    "asked": ["foreign_paper"],
    "explanation": "长期在金华居住和工作，只在中国纳税。",
}
OFFICER = "officer@demo.example"
FIRST = 50  # of invented people, beyond those of `customers.CASES`
SENT, ENTERED = "sent", "entered"


@dataclass(frozen=True)
class Visitor:
    """One customer of the counter.

    Attributes:
        paper: which document.
        values: what stands on it.
        reached: ENTERED waits for the customer's confirmation, SENT for the desk.
        age_group: who needs more than an ordinary adult.
        years: the age that a resident card is drawn for.
    """

    paper: Document
    values: dict[str, Any]
    reached: str = SENT
    age_group: AgeGroup = AgeGroup.ADULT
    years: int = 0


VISITORS: Sequence[Visitor] = (
    Visitor(CARD, {"name": "沈慕白", "risk_talk": True}, age_group=AgeGroup.ELDER, years=74),
    Visitor(
        CARD,
        {"name": "顾小满", "income_from": "金华示例电商有限公司"},
        age_group=AgeGroup.MINOR,
        years=17,
    ),
    Visitor(
        Document.HK_MACAU_PERMIT,
        {"name": "陈咏珊", "id_number": "H90817263", "birth_date": "1988-05-12", "sex": "female"},
    ),
    Visitor(
        Document.TAIWAN_PERMIT,
        {"name": "林书恒", "id_number": "90817264", "birth_date": "1985-11-03", "sex": "male"},
        reached=ENTERED,
    ),
    Visitor(
        Document.RESIDENCE_PERMIT,
        {
            "name": "何嘉欣",
            "id_number": specimens.number_for(date(1991, 4, 9), "128", area="810000"),
            "second_number": "H90817265",
        },
    ),
    Visitor(
        Document.FOREIGN_RESIDENT,
        {
            "name": "Anna Keller",
            "id_number": specimens.number_for(date(1983, 2, 17), "126", area="911756"),
            "second_number": "X90817266",
            "nationality": "CH",
        },
    ),
    Visitor(
        Document.FOREIGN_PASSPORT,
        {
            "name": "Jean Martin",
            "id_number": "19AB81726",
            "birth_date": "1979-08-30",
            "sex": "male",
            "nationality": "FR",
        },
    ),
    Visitor(
        LICENCE,
        {
            "name": "金华示例贸易有限公司",
            "id_number": "91330702MA2EXAMP0G",
            "id_issuer": "金华市市场监督管理局",
            "nature": "company",
            "scope": "日用百货批发",
            "office": "浙江省金华市婺城区示例街 88 号",
            "representative_name": "郑明远",
            "representative_number": specimens.number_for(date(1975, 6, 3), "127"),
            "agent_name": "钱晓岚",
            "agent_number": specimens.number_for(date(1990, 9, 21), "126"),
            "agent_until": "2027-12-31",
            "owner_1_name": "郑明远",
            "owner_1_number": specimens.number_for(date(1975, 6, 3), "127"),
            "owner_1_hold": "share",
            "owner_1_share": "60",
            "owner_2_name": "Jean Martin",
            "owner_2_paper": "foreign_passport",
            "owner_2_number": "19AB81799",
            "owner_2_hold": "share",
            "owner_2_share": "40",
        },
    ),
)


def build_papers(*, at: datetime) -> int:
    """Make the customers of VISITORS that are not there yet; returns how many."""
    officer = User.objects.get(email=OFFICER)
    made = 0
    for number, visitor in enumerate(VISITORS, start=FIRST):
        phone = f"+86{FIRST_PHONE + number}"
        if User.objects.with_phone(phone).exists():
            continue
        begun = at - timedelta(minutes=50 + 3 * number)
        user = User.objects.create_customer(phone, created_at=begun)
        case = Case(user, ensure_customer(user=user, at=begun), begun, number, at)
        _serve(case, visitor, officer)
        made += 1
    return made


def _serve(case: Case, visitor: Visitor, officer: User) -> None:
    draft = start_application(
        customer=case.customer, entry=None, actor=case.actor, at=case.later(0.2)
    )
    draft = agree(draft, case)
    offered = offer_case(application=draft, actor=case.actor, at=case.later(0.5))
    outlet = outlets_to_help_at(officer, business_date(case.at))[0]
    release = take_case(code=str(offered.code), outlet=outlet, helper=officer, at=case.later(0.3))
    _enter(release, visitor, officer, case)
    if visitor.reached == ENTERED:
        return
    section = draft.sections.get(step=Step.IDENTITY)
    draft = confirm_step(
        application=draft,
        step=Step.IDENTITY,
        version=section.version,
        actor=case.actor,
        at=case.later(0.5),
    )
    is_body = visitor.paper == LICENCE
    own = ENTITY if is_body else FOREIGNER if visitor.paper in FOREIGN else None
    asked = () if is_body else ("profile",) if own else ("profile", "tax")
    for step in (*asked, "outlet", "bank"):
        draft = answer(draft, step, outlet, case)
    if own:
        draft = _declare(draft, own, case)
    case.customer.refresh_from_db()
    assess(case, paper_for(case.customer))
    draft.refresh_from_db()
    prove(draft, case, witness=officer, place=outlet)
    sent = submit_application(application=draft, actor=case.actor, at=case.later(0.8))
    answer_outside(sent, at=case.later(0.1), until=case.until)


def _declare(draft: Application, values: dict[str, Any], case: Case) -> Application:
    """What an organisation is for tax purposes, or why a foreign national is resident here."""
    at = case.later(0.5)
    values = {**values, "form_version": tax_form(business_date(at))[0]}
    return save_section(
        application=draft,
        answer=Answer(step=Step.TAX, values=values, version=0),
        actor=case.actor,
        at=at,
    )


def _enter(release: CaseRelease, visitor: Visitor, officer: User, case: Case) -> None:
    """Staff write down what stands on the paper, and look at the original of another paper."""
    at = case.later(3)
    values = _values(visitor, case)
    row = release.application
    values |= _pictures(row, visitor, Actor.of(officer), at)

    def change(locked: Application) -> None:
        locked.set_applicant_name(values["name"])
        locked.paper, locked.age_group = visitor.paper, visitor.age_group
        if visitor.paper == LICENCE:
            Customer.objects.filter(pk=locked.customer_id).update(kind=Kind.ORGANISATION)

    def act(held: CaseRelease) -> None:
        save_section(
            application=held.application,
            answer=Answer(step=Step.IDENTITY, values=values, version=0, source=Source.STAFF),
            actor=Actor.of(officer),
            at=at,
            change=change,
        )
        terms = None if visitor.paper == CARD else paper_terms(visitor.paper, business_date(at))
        if terms:
            see_original(release=held, helper=officer, looks=terms.looks, at=at)

    help_with(release=release, step=Step.IDENTITY, helper=officer, at=at, act=act)


def _values(visitor: Visitor, case: Case) -> dict[str, Any]:
    values = {
        "address": f"浙江省金华市婺城区示例街 {case.number + 1} 号",
        "id_issuer": "国家移民管理局" if visitor.paper != CARD else "金华市公安局婺城分局",
        "id_valid_from": "2024-06-01",
        "id_valid_to": "2034-06-01",
        **visitor.values,
    }
    if visitor.years:
        on = business_date(case.at)
        born = date(on.year - visitor.years, 1, 15)
        values["id_number"] = specimens.number_for(born, "128", area="330702")
    if visitor.paper != CARD:
        values["paper"] = visitor.paper.value
    if visitor.age_group != AgeGroup.ADULT:
        values["age_group"] = visitor.age_group.value
    return values


def _pictures(row: Application, visitor: Visitor, actor: Actor, at: datetime) -> dict[str, str]:
    names = ["front"] if visitor.paper in ONE_SIDED else ["front", "back"]
    if visitor.paper in STAYS:
        names.append("stay_proof")
    if visitor.paper == LICENCE:
        names.append("mandate")
    if visitor.age_group == AgeGroup.MINOR:
        names.append("income_proof")
    refs = {}
    for name in names:
        out = io.BytesIO()
        specimens.sheet(str(visitor.paper.label), name).save(out, "JPEG", quality=80)
        out.seek(0)
        file = files.store(
            upload=out, purpose=IDENTITY_DOCUMENT, owner_ref=row.ref, actor=actor, at=at
        )
        check(ref=file.ref, at=at)
        refs[name] = str(file.ref)
    return refs
