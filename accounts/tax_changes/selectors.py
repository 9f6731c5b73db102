"""Which tax declaration of an account counts, and which counted before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from accounts.models import Application, Pack, TaxDeclaration
from accounts.selectors import section_of
from accounts.signing.declaration import answers_of, lines
from accounts.states import Step
from accounts.tax_changes.states import COUNTED, DECLARATION_OPEN, DeclarationStatus

FORM_VERSION = "form_version"
"""Which form was filled in stands in the signed text; on the page it tells a customer nothing."""


@dataclass(frozen=True)
class Period:
    """One declaration and the time in which it counted.

    Attributes:
        since: from when on; None where nothing was signed yet.
        until: None while it counts.
        row: the later declaration; None for that of the opening.
        answers: by the names of the tax step.
    """

    since: datetime | None
    until: datetime | None
    row: TaxDeclaration | None
    answers: dict[str, Any]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What was asked and said, in the reader's language."""
        said = {name: value for name, value in self.answers.items() if name != FORM_VERSION}
        return lines(said)


@dataclass(frozen=True)
class Difference:
    """One line of two declarations beside each other.

    Attributes:
        label: what was asked.
        before: what the one before says; empty where it says nothing.
        now: what the new one says.
    """

    label: str
    before: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether something else is said."""
        return self.before != self.now


def tax_answers(application: Application) -> dict[str, Any]:
    """What the customer declares now, by the names of the tax step; two queries at most."""
    row = TaxDeclaration.objects.counting().filter(application=application).first()
    if row is not None:
        return answers_of(row.declaration)
    section = section_of(application, Step.TAX)
    return section.answers if section else {}


def answers_before(declaration: TaxDeclaration) -> dict[str, Any]:
    """What counted before a later declaration, or still counts until it does."""
    rows = TaxDeclaration.objects.filter(
        application=declaration.application_id, status__in=COUNTED, pk__lt=declaration.pk
    )
    if last := rows.order_by("-pk").first():
        return answers_of(last.declaration)
    return _of_opening(declaration.application)[1]


def periods_of(application: Application) -> list[Period]:
    """Every declaration that counts or counted, the newest first; three queries."""
    rows = TaxDeclaration.objects.filter(application=application, status__in=COUNTED)
    later = list(rows.order_by("-counts_from"))
    first_end = later[-1].counts_from if later else None
    since, answers = _of_opening(application)
    opening = Period(since, first_end, None, answers)
    counted = [
        Period(row.counts_from, row.counts_to, row, answers_of(row.declaration)) for row in later
    ]
    return [*counted, opening]


def _of_opening(application: Application) -> tuple[datetime | None, dict[str, Any]]:
    """When the declaration of the opening was signed, and what it says; two queries."""
    pack = Pack.objects.current().filter(application=application).first()
    signed = answers_of(pack.declaration) if pack else {}
    section = None if signed else section_of(application, Step.TAX)
    return (pack.signed_at if pack else None), signed or (section.answers if section else {})


def open_declaration(application: Application) -> TaxDeclaration | None:
    """The one on its way; or None."""
    rows = TaxDeclaration.objects.select_related("application__customer")
    return rows.filter(application=application, status__in=DECLARATION_OPEN).first()


def returned_declaration(application: Application) -> TaxDeclaration | None:
    """The newest one, where it was returned: the customer declares again."""
    newest = TaxDeclaration.objects.filter(application=application).order_by("-pk").first()
    back = newest is not None and newest.status == DeclarationStatus.RETURNED
    return newest if back else None


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """Two declarations line by line; a question that was asked more than once keeps its order."""
    earlier: dict[str, list[str]] = {}
    later: dict[str, list[str]] = {}
    for answers, told in ((before, earlier), (now, later)):
        for label, said in lines(answers):
            told.setdefault(str(label), []).append(said)
    found = []
    for label in [*later, *(each for each in earlier if each not in later)]:
        pairs = zip_longest(earlier.get(label, []), later.get(label, []), fillvalue="")
        found += [Difference(label, was, is_now) for was, is_now in pairs]
    return found
