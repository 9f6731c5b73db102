"""Papers that prove who a person is, as an application keeps them. Pure.

The section of the identity document says `paper` where it is not the resident identity card, and
`age_group` where the person is no ordinary adult: what was answered before there were other
papers stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.gateways.base import Person
from brokerage.core.identifiers import Document, Identifier, check_document
from brokerage.customers.models import IdType

Answers = Mapping[str, Any]
CARD = Document.RESIDENT_ID
OTHERS = (
    Document.RESIDENCE_PERMIT,
    Document.HK_MACAU_PERMIT,
    Document.TAIWAN_PERMIT,
    Document.FOREIGN_RESIDENT,
    Document.FOREIGN_PASSPORT,
    Document.BUSINESS_LICENCE,
)
"""Papers with which an account is opened at a counter only (domain handbook 3.2)."""
ID_TYPES: dict[str, IdType] = {
    Document.RESIDENT_ID: IdType.RESIDENT_ID,
    Document.RESIDENCE_PERMIT: IdType.RESIDENCE_PERMIT,
    Document.HK_MACAU_PERMIT: IdType.TRAVEL_PERMIT,
    Document.TAIWAN_PERMIT: IdType.TRAVEL_PERMIT,
    Document.FOREIGN_RESIDENT: IdType.FOREIGN_PERMIT,
    Document.FOREIGN_PASSPORT: IdType.PASSPORT,
    Document.BUSINESS_LICENCE: IdType.CREDIT_CODE,
}
TRAVEL = (Document.HK_MACAU_PERMIT, Document.TAIWAN_PERMIT)
FOREIGN = (Document.FOREIGN_RESIDENT, Document.FOREIGN_PASSPORT)
LICENCE = Document.BUSINESS_LICENCE
ONE_SIDED = (Document.FOREIGN_PASSPORT, LICENCE)
PROOFS = ("stay_proof", "income_proof", "mandate")
"""Pictures of other papers that come with the document, where the case asks for them."""
STAYS = (*TRAVEL, Document.FOREIGN_PASSPORT)
"""Papers that do not say that the person lives here: a proof of it comes with them."""


def paper_of(answers: Answers) -> Document:
    """The paper that the answers are about."""
    return Document(answers.get("paper") or CARD)


def second_paper(answers: Answers) -> Document | None:
    """The paper that stands behind this one: a permit behind a residence permit, a passport
    behind the card of a foreign permanent resident. Both lead to one and the same person."""
    paper = paper_of(answers)
    if paper == Document.FOREIGN_RESIDENT:
        return Document.FOREIGN_PASSPORT
    if paper != Document.RESIDENCE_PERMIT:
        return None
    number = str(answers.get("id_number") or "")
    return Document.TAIWAN_PERMIT if number.startswith("83") else Document.HK_MACAU_PERMIT


def documents_of(answers: Answers) -> Iterator[tuple[IdType, str]]:
    """Kind and number of every paper that was given, the main one first."""
    if number := answers.get("id_number"):
        yield ID_TYPES[paper_of(answers)], str(number)
    second = second_paper(answers)
    if second and (number := answers.get("second_number")):
        yield ID_TYPES[second], str(number)


def person_of(answers: Answers) -> Person:
    """Name and paper as counterparties and the signature take them; raises KeyError."""
    return Person(answers["name"], ID_TYPES[paper_of(answers)].value, answers["id_number"])


def identifier_of(answers: Answers, on: date) -> Identifier | None:
    """What the number itself says; None where it is missing or no number of this paper."""
    try:
        return check_document(paper_of(answers), str(answers.get("id_number") or ""), on=on)
    except ValidationError:
        return None


def born_on(answers: Answers, on: date) -> date | None:
    """The birth date: of the number, else as it was written down from the paper."""
    found = identifier_of(answers, on)
    if found is not None and found.birth_date:
        return found.birth_date
    try:
        return date.fromisoformat(str(answers.get("birth_date") or ""))
    except ValueError:
        return None


def says_birth(answers: Answers) -> bool:
    """Whether birth date and sex stand in the number, or nobody was born."""
    paper, number = paper_of(answers), str(answers.get("id_number") or "")
    if paper == Document.FOREIGN_RESIDENT:
        return number[:1].isdigit()
    return paper in (CARD, Document.RESIDENCE_PERMIT, LICENCE)
