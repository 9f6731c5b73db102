"""What is asked outside as soon as an application is sent, and what a clear "no" brings back.

Each question is asked once; a counterparty that is slow or down delays its own answer only, and
nothing here waits for it. What a machine cannot decide is left to the people who review.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.events import ApplicationReturned
from accounts.evidence.states import CheckKind, CheckResult
from accounts.gateways import Person
from accounts.gateways.asking import FaceFiles, KeptQuestion
from accounts.gateways.bank import CardQuestion
from accounts.gateways.enterprises import EnterpriseQuestion
from accounts.gateways.phone import PhoneQuestion
from accounts.models import Application, OutsideCheck, Section
from accounts.papers.kinds import CARD, LICENCE, paper_of, person_of
from accounts.papers.people import AGENT, REPRESENTATIVE, related
from accounts.rules.holdings import full_markets
from accounts.selectors import ASKED, agrees_to_face
from accounts.sending import Looked
from accounts.states import Lack, SectionStatus, Status, Step
from accounts.use_cases.outside_checks import request_in_locked
from accounts.use_cases.writing import keep, lock, move_sections
from brokerage.core.saving import Write
from brokerage.journal.actors import Actor
from brokerage.reference.calendars import Ahead

ACTOR = Actor.system("accounts.checks")
BACK: Mapping[tuple[str, str], tuple[Step, Lack]] = {
    (CheckKind.IDENTITY, CheckResult.MISMATCH): (Step.IDENTITY, Lack.NAME_DIFFERS),
    (CheckKind.IDENTITY, CheckResult.NOT_FOUND): (Step.IDENTITY, Lack.NO_NUMBER),
    (CheckKind.REGISTRY, CheckResult.MISMATCH): (Step.IDENTITY, Lack.BODY_DIFFERS),
    (CheckKind.REGISTRY, CheckResult.NOT_FOUND): (Step.IDENTITY, Lack.NO_BODY),
    (CheckKind.CARD, CheckResult.OTHER): (Step.BANK, Lack.OTHERS_CARD),
    (CheckKind.CARD, CheckResult.UNKNOWN): (Step.BANK, Lack.NO_CARD),
    (CheckKind.CARD, CheckResult.INACTIVE): (Step.BANK, Lack.IDLE_CARD),
    (CheckKind.CARD, CheckResult.WRONG_CLASS): (Step.BANK, Lack.CARD_CLASS),
}
"""What the customer can mend alone: the step, and the reason with what to do."""


def request_checks(
    *,
    application: Application,
    parts: Mapping[str, Section],
    looked: Looked,
    actor: Actor,
    at: datetime,
    days: Ahead,
    rows: list[Write],
) -> None:
    """Ask police, operator, bank and depository about a sent application; again, nothing new.

    Args:
        application: complete, locked by the caller.
        parts: its sections by step.
        looked: how it stands besides.
        actor: who sent it.
        at: the instant.
        days: the calendar from this day on.
        rows: takes the questions, which the caller writes.
    """
    questions = dict(_questions(application, parts, looked))
    found = request_in_locked(
        application=application,
        questions=questions,
        actor=actor,
        at=at,
        days=days,
        none_before=not looked.was_asked,
        rows=rows,
    )
    if not looked.was_asked:
        application.__dict__[ASKED] = [*found.values()]


def take_check(*, check: OutsideCheck, at: datetime) -> None:
    """Give a step back where an answer says what only the customer can mend.

    Only while nobody reviews: a reviewer sees the answer beside the application and decides.

    Args:
        check: answered.
        at: the instant.
    """
    found = _reason(check)
    if found is None:
        return
    step, lack = found
    with transaction.atomic():
        row = lock(check.application)
        was = row.status
        if row.claimed_by_id or was not in (Status.SUBMITTED, Status.RETURNED):
            return
        if was == Status.SUBMITTED:
            row.move_to(Status.RETURNED)
        steps = {*row.returned_steps, step.value}
        row.returned_steps = [each.value for each in Step if each.value in steps]
        move_sections(
            row,
            [SectionStatus.IN_REVIEW],
            SectionStatus.INSUFFICIENT,
            at=at,
            steps=[step.value],
            lack=lack.value,
        )
        keep(row, ApplicationReturned, actor=ACTOR, at=at, was=was, steps=(step.value,))


def _reason(check: OutsideCheck) -> tuple[Step, Lack] | None:
    if check.kind == CheckKind.HOLDINGS and check.facts:
        outlet = check.application.sections.get(step=Step.OUTLET).answers
        if full_markets(check.facts["accounts"], outlet.get("markets", [])):
            return Step.OUTLET, Lack.FULL
    return BACK.get((check.kind, check.result))


def _questions(
    application: Application, parts: Mapping[str, Section], looked: Looked
) -> list[tuple[CheckKind, KeptQuestion]]:
    document, bank = parts[Step.IDENTITY].answers, parts[Step.BANK].answers
    person = person_of(document)
    phone = application.customer.phone
    asked: list[tuple[CheckKind, KeptQuestion]] = [
        (CheckKind.HOLDINGS, person),
        (CheckKind.CARD, CardQuestion(person, bank["bank"], bank["card"], phone)),
    ]
    if paper_of(document) == CARD:  # of other papers somebody saw the original (`Sighting`)
        asked.insert(0, (CheckKind.IDENTITY, person))
    if paper_of(document) == CARD and agrees_to_face(application, looked.agreed):
        front = FaceFiles(looked.film, document["front"], person.number)
        asked.insert(1, (CheckKind.FACE, front))
    if paper_of(document) == LICENCE:
        asked.insert(0, (CheckKind.REGISTRY, EnterpriseQuestion(person, _represented(document))))
    if phone:
        asked.append((CheckKind.PHONE, PhoneQuestion(_who_signs_in(document, person), phone)))
    return asked


def _represented(document: Mapping[str, Any]) -> str:
    """The legal representative of an organisation, by name."""
    named = (one.name for one in related(document) if one.role == REPRESENTATIVE)
    return next(named, "")


def _who_signs_in(document: Mapping[str, Any], person: Person) -> Person:
    """Whose telephone it is: of an organisation its agent's."""
    agent = next((one for one in related(document) if one.role == AGENT), None)
    return Person(agent.name, agent.id_type.value, agent.number) if agent else person
