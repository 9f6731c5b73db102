"""Two people agree to a declaration in which something had to be explained, or one returns it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import TaxDeclaration
from accounts.tax_changes.events import TaxDeclarationAgreed, TaxDeclarationReturned
from accounts.tax_changes.states import DeclarationStatus
from accounts.use_cases.declare_tax import locked, put_in_force, tell
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind, User


class UnableToAgree(Exception):
    """The decision is refused; the message is translated and may be shown."""


def propose_declaration(
    *, declaration: TaxDeclaration, officer: User, at: datetime
) -> TaxDeclaration:
    """The first person agrees to the explanation; nothing counts yet.

    Raises:
        UnableToAgree: when it is not their turn.
    """
    with transaction.atomic():
        row = _at_desk(declaration, officer)
        _move(row, DeclarationStatus.PROPOSED)
        row.proposed_by = officer
        row.save()
        tell(row, TaxDeclarationAgreed, Actor.of(officer), at)
        return row


def confirm_declaration(
    *, declaration: TaxDeclaration, officer: User, at: datetime
) -> TaxDeclaration:
    """The second person agrees: it counts from now on.

    Raises:
        UnableToAgree: when it is not their turn, or they agreed first.
    """
    with transaction.atomic():
        row = _at_desk(declaration, officer)
        if row.status != DeclarationStatus.PROPOSED:
            raise UnableToAgree(_("It is somebody else's turn now. Load the page again."))
        if row.proposed_by_id == officer.pk:
            raise UnableToAgree(_("Another person than the first one has to agree."))
        row.decided_by, row.decided_at = officer, at
        put_in_force(row, Actor.of(officer), at)
        return row


def return_declaration(
    *, declaration: TaxDeclaration, officer: User, note: str, at: datetime
) -> TaxDeclaration:
    """It does not count: the customer reads why, and declares again.

    Args:
        declaration: locked here.
        officer: not the customer.
        note: to the customer.
        at: the instant.

    Raises:
        UnableToAgree: without a note, or when it is not at the desk.
    """
    if not note.strip():
        raise UnableToAgree(_("Say to the customer what does not fit."))
    with transaction.atomic():
        row = _at_desk(declaration, officer)
        _move(row, DeclarationStatus.RETURNED)
        row.note, row.decided_by, row.decided_at = note.strip(), officer, at
        row.save()
        tell(row, TaxDeclarationReturned, Actor.of(officer), at)
        return row


def _at_desk(declaration: TaxDeclaration, officer: User) -> TaxDeclaration:
    row = locked(declaration)
    if officer.kind != Kind.STAFF or officer.pk == row.application.applicant_id:
        raise UnableToAgree(_("Nobody decides on their own declaration."))
    return row


def _move(row: TaxDeclaration, status: DeclarationStatus) -> None:
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToAgree(_("It is somebody else's turn now. Load the page again.")) from error
