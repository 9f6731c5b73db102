"""What an officer looks at: differences, answers from outside, photos and risks. Six queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from accounts.events import ApplicationReturned
from accounts.evidence.states import CheckKind, CheckStatus, ReadingStatus
from accounts.life.states import RENEWAL_WITH_US
from accounts.models import (
    Application,
    DocumentRenewal,
    OutsideCheck,
    Reading,
    Section,
    Sighting,
)
from accounts.on_paper.selectors import is_signed_by_hand
from accounts.papers.kinds import CARD, PROOFS, born_on, paper_of
from accounts.papers.selectors import counting_sighting
from accounts.papers.states import AgeGroup
from accounts.review.dated import RoutingTerms
from accounts.review.differences import Compared, compare
from accounts.review.photos import checked_photos
from accounts.review.risks import RiskFacts, class_of, risks_of
from accounts.review.states import Risk, RiskClass
from accounts.rules.identity import age_on
from accounts.rules.tax import is_abroad
from accounts.states import Step
from accounts.terms import Benefits, YesNo
from accounts.use_cases.readings import flaw_sentence
from brokerage.customers.models import Source
from brokerage.journal.models import Entry

SIDES = ("front", "back")
PICTURES = (*SIDES, *PROOFS)
SUBJECT = ApplicationReturned.subject_type


@dataclass(frozen=True)
class Photo:
    """A photo of the document.

    Attributes:
        side: front, back, or the name of a proof.
        file: its ref.
        flaws: sentences of what is wrong with it.
        ready: whether it was checked and may be shown.
    """

    side: str
    file: UUID
    flaws: tuple[str, ...] = ()
    ready: bool = True


@dataclass(frozen=True)
class Look:
    """Everything that the desk shows of one application before anybody decides.

    Attributes:
        lines: fields of the document, what differs first.
        checks: current questions outside, in the order of their kinds.
        photos: those that count.
        facts, risks, risk: what the routing rule works with.
        terms: the rule that was applied.
        told: answers of the document that a person wrote down from another paper.
        seen: who looked at its original.
    """

    lines: list[Compared]
    checks: list[OutsideCheck]
    photos: list[Photo]
    facts: RiskFacts
    risks: tuple[Risk, ...]
    risk: RiskClass
    terms: RoutingTerms
    told: Mapping[str, Any]
    seen: Sighting | None

    @property
    def differing(self) -> list[Compared]:
        """Lines that need eyes."""
        return [line for line in self.lines if line.needs_eyes]

    @property
    def agreeing(self) -> list[Compared]:
        """Lines that need none."""
        return [line for line in self.lines if not line.needs_eyes]


def look_at(application: Application, *, on: date, terms: RoutingTerms) -> Look:
    """What there is to see of an application on the business date `on`."""
    sections = {row.step: row for row in Section.objects.filter(application=application)}
    identity = sections.get(Step.IDENTITY)
    answers = identity.answers if identity else {}
    refs = {side: ref for side in PICTURES if (ref := _ref(answers.get(side)))}
    readings = list(Reading.objects.filter(file_ref__in=refs.values()))
    kinds = list(CheckKind.values)
    checks = sorted(
        OutsideCheck.objects.current().filter(application=application),
        key=lambda check: kinds.index(check.kind),
    )
    lines = compare(answers, _found(readings), _sources(identity))
    again = _was_returned(application)
    paper = paper_of(answers)
    seen = None if paper == CARD else counting_sighting(application, answers)
    facts = _facts(sections, answers, lines, readings, checks, again, seen, on, terms)
    by_hand = is_signed_by_hand(application)
    facts = replace(facts, unfilmed=application.without_face, on_paper=by_hand)
    risks = risks_of(facts)
    return Look(
        lines=lines,
        checks=checks,
        photos=_photos(application, refs, readings),
        facts=facts,
        risks=risks,
        risk=class_of(risks, terms.high),
        terms=terms,
        told=answers,
        seen=seen,
    )


def file_of(application: Application, ref: UUID) -> bool:
    """Whether this file is a photo that counts for the application or a renewal under review."""
    section = Section.objects.filter(application=application, step=Step.IDENTITY).first()
    given = [section.answers] if section else []
    renewals = DocumentRenewal.objects.filter(application=application, status__in=RENEWAL_WITH_US)
    given += [renewal.answers for renewal in renewals]
    return str(ref) in {str(answers.get(side)) for answers in given for side in PICTURES}


def _facts(
    sections: Mapping[str, Section],
    identity: Mapping[str, Any],
    lines: list[Compared],
    readings: list[Reading],
    checks: list[OutsideCheck],
    again: bool,
    seen: Sighting | None,
    on: date,
    terms: RoutingTerms,
) -> RiskFacts:
    paper = paper_of(identity)
    profile = sections[Step.PROFILE].answers if Step.PROFILE in sections else {}
    tax = sections[Step.TAX].answers if Step.TAX in sections else {}
    return RiskFacts(
        checks={
            check.kind: check.result for check in checks if check.status == CheckStatus.ANSWERED
        },
        looked_up=any(check.kind == CheckKind.REGISTRY for check in checks),
        differs=[line.field for line in lines if line.needs_eyes],
        read=sum(row.status == ReadingStatus.READ for row in readings) == len(SIDES),
        flawed=any(row.flaws for row in readings),
        paper="" if paper == CARD else paper.value,
        seen=seen is not None,
        minor=identity.get("age_group") == AgeGroup.MINOR,
        elder=_is_elder(identity, on, terms.elder),
        expires=_expires(str(identity.get("id_valid_to") or ""), on, terms.days_left),
        abroad=is_abroad(tax),
        industry=profile.get("industry_staff") == YesNo.YES,
        bad_faith=profile.get("bad_faith") == YesNo.YES,
        others_money=profile.get("controls") == YesNo.NO
        or profile.get("benefits") == Benefits.OTHER,
        assisted=_assisted(sections.values()),
        again=again,
    )


def _was_returned(application: Application) -> bool:
    told = Entry.objects.filter(subject_type=SUBJECT, subject_ref=application.ref)
    return told.filter(kind=ApplicationReturned.kind).exists()


def _found(readings: Iterable[Reading]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for reading in readings:
        found |= reading.found
    return found


def _sources(section: Section | None) -> dict[str, str]:
    marks = section.provenance if section else {}
    return {name: str(mark.get("source", "")) for name, mark in marks.items()}


def _assisted(sections: Iterable[Section]) -> bool:
    return any(Source.STAFF in _sources(section).values() for section in sections)


def _photos(
    application: Application, refs: Mapping[str, UUID], readings: Iterable[Reading]
) -> list[Photo]:
    flaws = {row.file_ref: tuple(flaw_sentence(flaw) for flaw in row.flaws) for row in readings}
    files = checked_photos(application)
    return [Photo(side, ref, flaws.get(ref, ()), ref in files) for side, ref in refs.items()]


def _ref(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _is_elder(identity: Mapping[str, Any], on: date, age: int) -> bool:
    born = born_on(identity, on)
    return born is not None and age_on(born, on) >= age


def _expires(until: str, on: date, days: int) -> bool:
    try:
        return bool(until) and (date.fromisoformat(until) - on).days < days
    except ValueError:
        return False
