"""When a section is answered in full: the fields that a step needs, from its own answers. Pure.

Only presence is decided here. The form of each value is checked where it is entered, and a
value of the wrong form is never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from accounts.papers.kinds import (
    FOREIGN,
    LICENCE,
    ONE_SIDED,
    STAYS,
    paper_of,
    says_birth,
    second_paper,
)
from accounts.papers.people import AGENT, OWNERS, REPRESENTATIVE
from accounts.papers.states import AgeGroup, Hold
from accounts.states import Step
from accounts.terms import EntityType

Answers = Mapping[str, Any]
OTHER_OCCUPATION = "8"
EMPTY: tuple[Any, ...] = (None, "", [])


def lacking(step: str, answers: Answers) -> list[str]:
    """The fields of `step` that are still empty, in the order of the page."""
    needs = _NEEDS.get(Step(step))
    return [name for name in needs(answers) if answers.get(name) in EMPTY] if needs else []


def _consents(answers: Answers) -> Iterator[str]:
    yield from ("opening_notice", "identity_document", "face")


def _identity(answers: Answers) -> Iterator[str]:
    paper = paper_of(answers)
    if paper == LICENCE:
        yield from _organisation(answers)
        return
    yield "front"
    if paper not in ONE_SIDED:
        yield "back"
    yield from ("name", "id_number")
    if not says_birth(answers):
        yield from ("birth_date", "sex")
    if paper in FOREIGN:
        yield "nationality"
    if second_paper(answers):
        yield "second_number"
    yield from ("address", "id_issuer", "id_valid_from")
    if not answers.get("id_long_term"):
        yield "id_valid_to"
    if paper in STAYS:
        yield "stay_proof"
    if answers.get("age_group") == AgeGroup.MINOR:
        yield from ("income_from", "income_proof")
    if answers.get("age_group") == AgeGroup.ELDER:
        yield "risk_talk"


def _organisation(answers: Answers) -> Iterator[str]:
    yield from ("front", "name", "id_number", "nature", "scope", "address", "office")
    yield from ("id_issuer", "id_valid_from")
    if not answers.get("id_long_term"):
        yield "id_valid_to"
    for role in (REPRESENTATIVE, AGENT):
        yield from (f"{role}_name", f"{role}_number")
    yield from ("agent_until", "mandate", "owner_1_name")
    for role in OWNERS:
        if answers.get(f"{role}_name"):
            yield from (f"{role}_number", f"{role}_hold")
        if answers.get(f"{role}_hold") == Hold.SHARE:
            yield f"{role}_share"


def _profile(answers: Answers) -> Iterator[str]:
    yield "occupation"
    if answers.get("occupation") == OTHER_OCCUPATION:
        yield "occupation_note"
    yield from ("education", "income", "assets", "industry_staff", "bad_faith")
    if answers.get("bad_faith") == "yes":
        yield "bad_faith_note"
    yield from ("controls", "benefits")
    # what an outlet learned in a conversation; without it none of these answers goes on
    if answers.get("industry_staff") == "yes":
        yield "industry_note"
    if answers.get("controls") == "no" or answers.get("benefits") == "other":
        yield "beneficiary_note"


def _tax(answers: Answers) -> Iterator[str]:
    entity = bool(answers.get("entity"))
    if entity:
        yield from ("entity_type", "us_person")
    elif answers.get("us_asked"):
        yield "us_person"
    if answers.get("entity_type") == EntityType.PASSIVE:
        yield "controlling"
    yield "residence"
    if answers.get("residence") in ("abroad", "both"):
        if entity:
            yield from ("name_latin", "address_latin")
        else:
            yield from ("surname_latin", "given_name_latin", "birth_place", "address_latin")
        yield "country_1"
        for number in _rows(answers):
            if answers.get(f"country_{number}") and not answers.get(f"tin_{number}"):
                yield f"no_tin_{number}"
                if answers.get(f"no_tin_{number}") == "not_obtained":
                    yield f"why_{number}"
    if answers.get("asked"):
        yield "explanation"
    yield "declares"


def _rows(answers: Answers) -> Iterator[int]:
    numbers = {int(name[8:]) for name in answers if name.startswith("country_")}
    yield from sorted(numbers)


def _outlet(answers: Answers) -> Iterator[str]:
    yield from ("outlet", "markets")


def _bank(answers: Answers) -> Iterator[str]:
    yield from ("bank", "card", "own_name")


_NEEDS: dict[Step, Callable[[Answers], Iterator[str]]] = {
    Step.CONSENTS: _consents,
    Step.IDENTITY: _identity,
    Step.PROFILE: _profile,
    Step.TAX: _tax,
    Step.OUTLET: _outlet,
    Step.BANK: _bank,
}
