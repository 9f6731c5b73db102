"""A statement is checked by one person and released by another; what was wrong is corrected."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.money import yuan
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import add_working_days
from brokerage.reference.models import Rule
from brokerage.users.models import User
from partners.dated import STATEMENTS
from partners.events import CorrectionEntered, StatementMoved
from partners.models import Correction, Statement
from partners.states import EventKind, StatementStatus
from partners.use_cases.make_statements import UnableToState
from partners.use_cases.publish import publish


class UnableToCorrect(RefusedByField):
    """The correction cannot be; `errors` gives the translated messages by field."""


@transaction.atomic
def check_statement(*, statement: Statement, by: User, at: datetime) -> Statement:
    """Say that the sums are right; somebody else releases it.

    Raises:
        UnableToState: when somebody has checked it already.
    """
    row = _moved(statement, StatementStatus.CHECKED)
    row.checked_by_ref, row.checked_at = by.ref, at
    return _kept(row, by, at)


@transaction.atomic
def send_back(*, statement: Statement, by: User, at: datetime, reason: str) -> Statement:
    """Have a checked statement looked at again; `reason` says why, for the journal.

    Raises:
        UnableToState: when it is not checked, or released already.
    """
    row = _moved(statement, StatementStatus.MADE)
    row.checked_by_ref = row.checked_at = None
    return _kept(row, by, at, reason=reason)


@transaction.atomic
def release_statement(*, statement: Statement, by: User, at: datetime) -> Statement:
    """Let the institution see a checked statement, and tell it so.

    Raises:
        UnableToState: when nobody has checked it, or `by` checked it or entered a correction
            that stands on it.

    Rule source: partners.statements (until when it may be disputed).
    """
    row = _moved(statement, StatementStatus.RELEASED)
    mine = row.lines.filter(correction__made_by_ref=by.ref)
    if row.checked_by_ref == by.ref or mine.exists():
        raise UnableToState(
            _("Another person than the one who checked or corrected it has to release it.")
        )
    day = business_date(at)
    rule = Rule.objects.in_force(STATEMENTS, day)
    row.released_by_ref, row.released_at = by.ref, at
    row.dispute_by = add_working_days(day, rule.figure["dispute_days"])
    row.rule_version = rule.version
    _kept(row, by, at)
    publish(
        partner=row.partner,
        kind=EventKind.STATEMENT_RELEASED,
        ref=row.ref,
        version=row.version,
        at=at,
    )
    return row


@transaction.atomic
def enter_correction(
    *, statement: Statement, amount: Decimal, reason: str, by: User, at: datetime
) -> Correction:
    """Put something right that a released statement has wrong; it stands on the next one.

    Args:
        amount: yuan, negative where too much was paid.
        reason: the institution reads it.

    Raises:
        UnableToCorrect: naming the field.
    """
    released = Statement.objects.select_related("partner").get(pk=statement.pk)
    if released.status != StatementStatus.RELEASED:
        text = _("Only a released statement is corrected; make this one anew.")
        raise UnableToCorrect({"statement": [text]})
    row = Correction(
        statement=released,
        amount_yuan=yuan(amount),
        reason=reason.strip(),
        made_by_ref=by.ref,
        created_at=at,
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToCorrect(_by_field(error)) from error
    row.save()
    event = CorrectionEntered(
        subject=released.ref, partner=released.partner.ref, correction=row.ref
    )
    record(event, actor=Actor.of(by), at=at, reason=row.reason)
    return row


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    """The constraint on the sum belongs to its field."""
    found = dict(error.message_dict)
    if whole := found.pop("__all__", None):
        found["amount_yuan"] = [*found.get("amount_yuan", []), *whole]
    return found


def _moved(statement: Statement, status: StatementStatus) -> Statement:
    """The locked row, moved in memory; raises UnableToState."""
    rows = Statement.objects.select_for_update(of=("self",)).select_related("partner")
    row: Statement = rows.get(pk=statement.pk)
    if not Statement.TRANSITIONS.allows(row.status, status):
        raise UnableToState(_("The statement cannot take that step now."))
    row.move_to(status)
    return row


def _kept(row: Statement, by: User, at: datetime, *, reason: str = "") -> Statement:
    row.save()
    record(
        StatementMoved(subject=row.ref, partner=row.partner.ref, status=row.status),
        actor=Actor.of(by),
        at=at,
        reason=reason,
        rule_version=row.rule_version,
    )
    return row
