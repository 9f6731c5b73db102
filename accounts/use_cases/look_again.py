"""What was right when it was filled in is looked at once more on the day on which it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from accounts.dated import online_terms, us_signs
from accounts.events import StepSaved
from accounts.facts import forget
from accounts.models import Application, Section
from accounts.papers.dated import age_terms, paper_terms
from accounts.papers.kinds import CARD, FOREIGN, born_on, paper_of
from accounts.papers.states import AgeGroup
from accounts.rules.identity import age_hurdle, age_on, validity_hurdle
from accounts.rules.tax import Told, contradictions
from accounts.selectors import section_of
from accounts.states import SECTION_DONE, Lack, SectionStatus, Status, Step
from accounts.use_cases.writing import keep
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.look_again")
WHY = {Step.IDENTITY: Lack.RAN_OUT, Step.TAX: Lack.FITS_NO_MORE}


def reopen_out_of_date(
    *, application: Application, parts: Mapping[str, Section], at: datetime
) -> list[Step]:
    """Open the steps again whose answers hold no more on this day; [] where all of them do.

    Validity, age and the tax declaration are looked at when they are filled in. A draft may be
    sent weeks later, and an address may be corrected after the declaration.

    Args:
        application: one that the customer sends; locked by the caller, and editable.
        parts: its sections by step, as they are now.
        at: the instant.
    """
    stale = _stale(application, parts, business_date(at))
    for step in stale:
        _reopen(application, parts[step], step, at)
    return stale


def why(steps: list[Step]) -> str:
    """What the customer reads of these steps."""
    return " ".join(str(WHY[step].label) for step in steps)


def told_elsewhere(application: Application, identity: Section | None = None) -> Told:
    """What else the customer told that a tax declaration has to fit.

    Args:
        application: whose.
        identity: its section, where the caller has it.
    """
    part = identity or section_of(application, Step.IDENTITY)
    answers = part.answers if part else {}
    paper = paper_of(answers)
    return Told(
        phone=application.customer.phone,
        address=str(answers.get("address", "")),
        foreigner=paper in FOREIGN,
        native=paper == CARD and bool(answers.get("id_number")),
        nationality=str(answers.get("nationality") or "") if paper in FOREIGN else "",
    )


def _stale(row: Application, parts: Mapping[str, Section], on: date) -> list[Step]:
    identity, tax = parts.get(Step.IDENTITY), parts.get(Step.TAX)
    found = []
    if identity is not None and identity.status in SECTION_DONE:
        answers = identity.answers
        if ran_out(answers, on) or _outgrown(row, answers, on):
            found.append(Step.IDENTITY)
    if tax is not None and tax.status in SECTION_DONE:
        told, signs = told_elsewhere(row, identity), us_signs(on) or ()
        now = {str(each) for each in contradictions(tax.answers, told, signs)}
        if now - set(tax.answers.get("asked") or []):
            found.append(Step.TAX)
    return found


def ran_out(answers: Mapping[str, Any], on: date) -> bool:
    """Whether the document of an identity section is not valid long enough on a day."""
    until = None if answers.get("id_long_term") else answers.get("id_valid_to")
    if not until:
        return False
    terms, paper = online_terms(on), paper_of(answers)
    if paper != CARD and (other := paper_terms(paper, on)):
        terms = replace(terms, days_left=other.days_left)
    return validity_hurdle(None, date.fromisoformat(until), on, terms) is not None


def _outgrown(row: Application, answers: Mapping[str, Any], on: date) -> bool:
    """Whether an adult of the day of the answer has reached an age that asks for more."""
    born = born_on(answers, on)
    if born is None or row.age_group != AgeGroup.ADULT:
        return False
    if paper_of(answers) == CARD and age_hurdle(born, on, online_terms(on)) is None:
        return False
    return age_terms(on).group_of(age_on(born, on)) != AgeGroup.ADULT


def _reopen(row: Application, part: Section, step: Step, at: datetime) -> None:
    was = row.status
    if part.status == SectionStatus.IN_REVIEW:  # of a returned application, not named then
        part.move_to(SectionStatus.INSUFFICIENT)
        part.lack = WHY[step]
    else:
        part.move_to(SectionStatus.INCOMPLETE)
    part.version, part.updated_at = part.version + 1, at
    part.human_version = None
    part.save()
    if was == Status.RETURNED and step not in row.returned_steps:
        steps = {*row.returned_steps, step.value}
        row.returned_steps = [each.value for each in Step if each.value in steps]
    forget(row)
    keep(row, StepSaved, actor=ACTOR, at=at, was=was, step=step.value, section=str(part.status))
