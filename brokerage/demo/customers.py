"""Customers of the demonstration, in every state an application can have.

Times count back from the instant of the build, so that clocks run; everything else is fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.counter.selectors import outlets_to_help_at
from accounts.entries import find_entry
from accounts.models import Application
from accounts.selectors import sharing_text
from accounts.states import Lack, Refusal, Step, Verdict
from accounts.use_cases.compute_medians import compute_medians
from accounts.use_cases.decide_application import approve_application, reject_application
from accounts.use_cases.end_application import withdraw_application
from accounts.use_cases.release_case import offer_case, take_case
from accounts.use_cases.review import claim_review, propose_verdict, return_application
from accounts.use_cases.save_step import save_sharing
from accounts.use_cases.start_application import start_application
from accounts.use_cases.submit_application import submit_application
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.customers.use_cases.ensure_customer import ensure_customer
from brokerage.demo.answers import agree, answer
from brokerage.demo.partners import entry_link
from brokerage.demo.proofs import answer_outside, go_on, prove, watch
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from suitability.rules.contradictions import age_on
from suitability.rules.paper import Question
from suitability.rules.sheets import asked
from suitability.use_cases.answer_question import answer_question
from suitability.use_cases.confirm_class import confirm_class
from suitability.use_cases.start_assessment import start_assessment
from suitability.use_cases.submit_assessment import submit_assessment

PAPER = "natural_person"
FIRST_PHONE = 13800000101  # no suffix of it is a scenario of the SMS sandbox
# how many minutes ago the customer began, and how far the case went
CASES: Sequence[tuple[int, str]] = [
    (60 * 24 * 19, "active"),
    (3, "begun"),
    (18, "named"),
    (60 * 26, "named"),
    (40, "assessed"),
    (25, "sent"),
    (95, "sent"),
    (55, "reviewing"),
    (130, "proposed"),
    (60 * 5, "returned"),
    (60 * 30, "rejected"),
    (60 * 48, "withdrawn"),
    (60 * 24 * 13, "visit"),
    (60 * 24 * 15, "doubt"),
    (60 * 24 * 16, "active"),
    (70, "sent"),
    (35, "reviewing"),
    (60 * 24 * 2, "proposed"),
    (60 * 24 * 22, "active"),
    (12, "assessed"),
    (60 * 5, "opening"),
    (60 * 4, "approved"),
    (32, "proved"),
    (9, "at the counter"),
]
"""Whoever has accounts began so long ago that the depository has worked since."""
AFTER = ("opening", "visit", "doubt", "active")
FROM_PARTNER = {6, 9, 13}  # came by a link of the institution and let it know how they stand
HURRIED = 16  # nobody can have read the questions in that time: compliance is told
STEPS = (0, 2, 3, 4, 5, 1)
"""How bold each customer answers in turn, from nothing may be lost (0) to everything (5)."""
FITTING: dict[str, tuple[str, str, str, str, str, str]] = {  # by boldness; else by position
    "learned": ("nothing", "nothing", "nothing", "studied", "studied", "worked"),
    "describes": ("novice", "novice", "some", "practised", "practised", "expert"),
    "practice": ("nothing", "nothing", "bonds", "shares", "shares", "derivatives"),
    "goal": ("steady", "steady", "steady", "growth", "high", "high"),
    "loss": ("none", "under_10", "under_10", "from_10", "from_30", "over_50"),
    "age": ("over_60", "from_51", "from_41", "from_31", "from_31", "from_31"),
    "full_capacity": ("yes", "yes", "yes", "yes", "yes", "yes"),
}


@dataclass
class Case:
    """One customer on the way; `at` moves forward with each step."""

    user: User
    customer: Customer
    at: datetime
    number: int
    until: datetime

    @property
    def actor(self) -> Actor:
        return Actor.of(self.user)

    def later(self, minutes: float) -> datetime:
        self.at += timedelta(minutes=minutes)
        return self.at


def build_customers(*, at: datetime) -> int:
    """Make the customers of CASES that are not there yet; returns how many."""
    outlets = list(
        OrgUnit.objects.filter(kind=Kind.OUTLET, code__startswith="JH").order_by("code")
    )
    made = 0
    for number, (minutes, reached) in enumerate(CASES):
        phone = f"+86{FIRST_PHONE + number}"
        if User.objects.with_phone(phone).exists():
            continue
        begun = at - timedelta(minutes=minutes)
        user = User.objects.create_customer(phone, created_at=begun)
        case = Case(user, ensure_customer(user=user, at=begun), begun, number, at)
        _go(case, outlets[number % len(outlets)], reached)
        made += 1
    if made:
        compute_medians(at=at)
    return made


def _go(case: Case, outlet: OrgUnit, reached: str) -> None:
    entry = None
    if case.number in FROM_PARTNER:
        entry = find_entry(entry_link(number=case.number, at=case.at).ref, case.at)
    application = start_application(
        customer=case.customer, entry=entry, actor=case.actor, at=case.later(0.2)
    )
    if reached == "begun":
        return
    application = agree(application, case)
    application = answer(application, "identity", outlet, case)
    if reached == "named":
        return
    for step in ("profile", "tax", "outlet", "bank"):
        application = answer(application, step, outlet, case)
    assess(case)
    if reached == "at the counter":
        _ask_for_help(case, application)
    if reached in ("assessed", "at the counter"):
        return
    application.refresh_from_db()
    if case.number in FROM_PARTNER:
        application = save_sharing(
            application=application,
            text=sharing_text("zh-hans", case.at),
            version=application.version,
            actor=case.actor,
            channel="portal",
            at=case.later(0.3),
        )
    prove(application, case)
    if reached == "proved":
        return
    application = submit_application(application=application, actor=case.actor, at=case.later(0.8))
    answer_outside(application, at=case.later(0.1), until=case.until)
    if reached == "withdrawn":
        withdraw_application(application=application, actor=case.actor, at=case.later(30))
    elif reached != "sent":
        _review(case, application, reached)


def assess(case: Case, key: str = PAPER) -> None:
    """Answer the paper on suitability and confirm the class."""
    assessment = start_assessment(
        customer=case.customer, key=key, actor=case.actor, at=case.later(0.3)
    )
    boldness = STEPS[case.number % len(STEPS)]
    for question in asked(assessment.questionnaire.paper):
        assessment = answer_question(
            assessment=assessment,
            question_key=question.key,
            chosen=[_age(question, case) or _answer(question, boldness, key)],
            seen=[],
            at=case.later(0.02 if case.number == HURRIED else 0.1),
        )
    assessment = submit_assessment(
        assessment=assessment, language="zh-hans", actor=case.actor, at=case.later(0.2)
    )
    confirm_class(assessment=assessment, actor=case.actor, at=case.later(0.1))


def _ask_for_help(case: Case, application: Application) -> None:
    """The customer gives the code to the officer, who does the open steps at the outlet."""
    officer = User.objects.get(email="officer@demo.example")
    offered = offer_case(application=application, actor=case.actor, at=case.later(0.5))
    outlet = outlets_to_help_at(officer, business_date(case.at))[0]
    take_case(code=str(offered.code), outlet=outlet, helper=officer, at=case.later(0.5))


def _age(question: Question, case: Case) -> str:
    """The answer on age that agrees with the document; empty for other questions."""
    born = Customer.objects.get(pk=case.customer.pk).born if question.key == "age" else None
    if born is None:
        return ""
    years = age_on(born, business_date(case.at))
    return next(
        each.key
        for each in question.options
        if (each.least or 0) <= years and (each.below is None or years < each.below)
    )


def _answer(question: Question, boldness: int, key: str) -> str:
    """The answer of somebody this bold (0 to 5): more points, the bolder."""
    if key == PAPER and question.key in FITTING:
        return FITTING[question.key][boldness]
    options = sorted(question.options, key=lambda option: option.points)
    return options[(len(options) - 1) * boldness // 5].key


def _review(case: Case, application: Application, reached: str) -> None:
    officer = User.objects.get(email="officer@demo.example")
    second = User.objects.get(email="reviewer@demo.example")
    application = claim_review(application=application, officer=officer, at=case.later(6))
    if reached == "reviewing":
        return
    if reached == "returned":
        return_application(
            application=application,
            officer=officer,
            steps=[Step.IDENTITY],
            lack=Lack.DIFFERS,
            note="请填写身份证上的姓名全称。",
            at=case.later(5),
        )
        return
    verdict = Verdict.REJECT if reached == "rejected" else Verdict.APPROVE
    if verdict == Verdict.APPROVE:
        watch(application, officer, at=case.later(5))
        watch(application, second, at=case.later(1))
    application = propose_verdict(
        application=application,
        officer=officer,
        verdict=verdict,
        refusal=Refusal.DUPLICATE if verdict == Verdict.REJECT else None,
        reason="资料齐全。" if verdict == Verdict.APPROVE else "已有同名账户。",
        at=case.later(7),
    )
    if reached == "proposed":
        return
    decide = reject_application if verdict == Verdict.REJECT else approve_application
    decided = decide(application=application, officer=second, at=case.later(9))
    if reached in AFTER:
        go_on(decided, reached, at=case.later(2), until=case.until)
