"""What a customer declares that makes a reviewer look twice: profile and tax residence.

Choices stand on the desk as words. What is in the customer's own words is hidden there: whoever
needs it opens it, and the journal notes that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.evidence.events import DeclarationsRead
from accounts.forms.tax import ASKED
from accounts.models import Application, Section, TaxDeclaration
from accounts.rules.sections import OTHER_OCCUPATION
from accounts.rules.tax import Contradiction
from accounts.signing.declaration import answers_of
from accounts.states import Step
from accounts.tax_changes.selectors import Difference, answers_before, differences
from accounts.terms import Benefits, EntityType, NoTin, Residence, YesNo, jurisdictions
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Declared:
    """One thing that a customer declares.

    Attributes:
        field: name of the answer.
        label: what was asked.
        said: the answer, in words.
        own_words: whether the customer wrote it: hidden until somebody opens it.
    """

    field: str
    label: Any
    said: str
    own_words: bool = False


def declared_in(application: Application) -> list[Declared]:
    """Everything that a reviewer has to weigh, in the order of the steps; one query."""
    rows = Section.objects.filter(application=application, step__in=[Step.PROFILE, Step.TAX])
    answers = {row.step: row.answers for row in rows}
    return [*_profile(answers.get(Step.PROFILE, {})), *_tax(answers.get(Step.TAX, {}))]


def read_declarations(*, application: Application, reader: User, at: datetime) -> list[Declared]:
    """As `declared_in`, for somebody who reads it in full: the look is in the journal first.

    Args:
        application: visible to the reader.
        reader: who reads.
        at: the instant.
    """
    lines = declared_in(application)
    event = DeclarationsRead(
        subject=application.ref, fields=tuple(each.field for each in lines if each.own_words)
    )
    with transaction.atomic():
        record(event, actor=Actor.of(reader), at=at)
    return lines


def tax_change_in_words(declaration: TaxDeclaration) -> tuple[list[Declared], list[Declared]]:
    """What the customer declared before and what a later declaration says, as on the desk."""
    return (
        list(_tax(answers_before(declaration))),
        list(_tax(answers_of(declaration.declaration))),
    )


def read_tax_change(
    *, declaration: TaxDeclaration, reader: User, at: datetime
) -> list[Difference]:
    """Both declarations in full, line by line; the look is in the journal first.

    Args:
        declaration: signed, and visible to the reader.
        reader: who reads.
        at: the instant.
    """
    now = answers_of(declaration.declaration)
    own_words = tuple(each.field for each in _tax(now) if each.own_words)
    event = DeclarationsRead(subject=declaration.application.ref, fields=own_words)
    with transaction.atomic():
        record(event, actor=Actor.of(reader), at=at)
    return differences(answers_before(declaration), now)


def _profile(answers: Answers) -> Iterator[Declared]:
    if answers.get("occupation") == OTHER_OCCUPATION:
        yield from _words(answers, "occupation_note", _("What they do"))
    if answers.get("industry_staff") == YesNo.YES:
        yield Declared(
            "industry_staff",
            _("Works for a securities firm or the regulator"),
            str(YesNo.YES.label),
        )
        yield from _words(answers, "industry_note", _("Where, and as what"))
    if answers.get("bad_faith") == YesNo.YES:
        yield Declared(
            "bad_faith",
            _("On record for bad credit or a securities offence"),
            str(YesNo.YES.label),
        )
        yield from _words(answers, "bad_faith_note", _("What the record is about"))
    if answers.get("controls") == YesNo.NO:
        yield Declared("controls", _("Decides alone on this account"), str(YesNo.NO.label))
    if answers.get("benefits") == Benefits.OTHER:
        yield Declared("benefits", _("Whose money it is"), str(Benefits.OTHER.label))
    yield from _words(answers, "beneficiary_note", _("Who else decides or owns the money"))


def _tax(answers: Answers) -> Iterator[Declared]:
    for name, choices, label in (
        ("entity_type", EntityType, _("Kind of organisation for tax purposes")),
        (
            "us_person",
            YesNo,
            _("A US entity or owned by US persons")
            if answers.get("entity")
            else _("US citizen or green card"),
        ),
        ("controlling", Residence, _("Tax residence of those who control it")),
        ("residence", Residence, _("Tax residence")),
    ):
        said = answers.get(name)
        if said in choices.values and said not in (Residence.CHINA, YesNo.NO):
            yield Declared(name, label, str(choices(said).label))
    names = dict(jurisdictions())
    for field in sorted(name for name in answers if name.startswith("country_")):
        number = field.rpartition("_")[2]
        said = names.get(str(answers[field]), str(answers[field]))
        reason = answers.get(f"no_tin_{number}")
        if reason in NoTin.values:
            said = f"{said} · {NoTin(reason).label}"
        yield Declared(field, _("Country or region"), said)
        yield from _words(answers, f"why_{number}", _("Why there is no taxpayer number"))
    for each in Contradiction:
        if each in (answers.get("asked") or []):
            yield Declared("asked", _("What we asked the customer"), str(ASKED[each]))
    yield from _words(answers, "explanation", _("How the customer explains it"))


def _words(answers: Answers, field: str, label: Any) -> Iterator[Declared]:
    if said := answers.get(field):
        yield Declared(field, label, str(said), own_words=True)
