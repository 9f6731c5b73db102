"""An institution disputes a released statement; a person of ours answers by the promised day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import add_working_days
from brokerage.reference.models import Rule
from brokerage.users.models import User
from partners.dated import STATEMENTS
from partners.events import DisputeAnswered, DisputeRaised
from partners.models import ApiClient, Dispute, Statement
from partners.states import DisputeStatus, EventKind, StatementStatus
from partners.use_cases.publish import publish
from partners.use_cases.release_statements import UnableToCorrect, enter_correction

LONGEST_REASON = 300
"""Characters of an answer that puts a sum right: it is the reason of the correction, too."""


class UnableToDispute(RefusedByField):
    """The dispute cannot be; `errors` gives the translated messages by field."""


class UnableToAnswerDispute(Exception):
    """It cannot be answered so; the message is translated."""


@transaction.atomic
def raise_dispute(
    *,
    statement: Statement,
    text: str,
    at: datetime,
    api_client: ApiClient | None = None,
    operator: User | None = None,
    line: int | None = None,
) -> Dispute:
    """Say that a released statement of one's own is wrong.

    Args:
        api_client: the program that says so; exactly where no operator does.
        operator: log-in of the institution's operator who says so by hand.
        line: number of the line; None for the whole statement.
        text: what is wrong.

    Raises:
        UnableToDispute: when there is no such line, the time for it is over, or the same is
            being looked at.

    Rule source: partners.statements (the day of the answer).
    """
    actor = Actor.client(api_client) if api_client else Actor.of(operator)  # type: ignore[arg-type]  # one of the two is given
    rows = Statement.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("partner").get(pk=statement.pk)
    day = business_date(at)
    if row.status != StatementStatus.RELEASED or row.dispute_by is None:
        raise UnableToDispute({"statement": [_("The statement is not released.")]})
    if day > row.dispute_by:
        late = _("The time for a dispute is over. Write to your contact.")
        raise UnableToDispute({"__all__": [late]})
    if line is not None and not row.lines.filter(number=line).exists():
        raise UnableToDispute({"line": [_("The statement has no such line.")]})
    if row.disputes.filter(line=line, status=DisputeStatus.OPEN).exists():
        raise UnableToDispute({"__all__": [_("We are looking at your earlier dispute of this.")]})
    rule = Rule.objects.in_force(STATEMENTS, day)
    found = Dispute.objects.create(
        partner=row.partner,
        api_client=api_client,
        statement=row,
        line=line,
        text=text,
        due_on=add_working_days(day, rule.figure["answer_days"]),
        rule_version=rule.version,
        created_at=at,
    )
    record(
        DisputeRaised(subject=found.ref, partner=row.partner.ref, statement=row.ref),
        actor=actor,
        at=at,
        rule_version=rule.version,
    )
    return found


@transaction.atomic
def answer_dispute(
    *, dispute: Dispute, answer: str, by: User, at: datetime, amount: Decimal | None = None
) -> Dispute:
    """Accept a dispute with a correction, or refuse it with reasons; the institution is told.

    Args:
        answer: the institution reads it.
        amount: yuan to be put right on the next statement, negative where too much was paid;
            None to refuse.

    Raises:
        UnableToAnswerDispute: without words, with too many for a correction, with a sum of zero,
            or when it is answered.
    """
    rows = Dispute.objects.select_for_update(of=("self",)).select_related("partner", "statement")
    row: Dispute = rows.get(pk=dispute.pk)
    if row.status != DisputeStatus.OPEN:
        raise UnableToAnswerDispute(_("It was answered already."))
    if not answer.strip():
        raise UnableToAnswerDispute(_("Write down the answer."))
    if amount is not None and len(answer) > LONGEST_REASON:
        raise UnableToAnswerDispute(
            _("Say it in {most} characters: it stands on the statement.").format(
                most=LONGEST_REASON
            )
        )
    if amount is not None:
        try:
            row.correction = enter_correction(
                statement=row.statement, amount=amount, reason=answer, by=by, at=at
            )
        except UnableToCorrect as error:
            raise UnableToAnswerDispute(str(error)) from error
    row.move_to(DisputeStatus.REFUSED if amount is None else DisputeStatus.ACCEPTED)
    row.answer, row.answered_at, row.answered_by_ref = answer.strip(), at, by.ref
    row.version += 1
    row.save()
    record(
        DisputeAnswered(subject=row.ref, partner=row.partner.ref, status=row.status),
        actor=Actor.of(by),
        at=at,
    )
    publish(
        partner=row.partner,
        kind=EventKind.DISPUTE_ANSWERED,
        ref=row.ref,
        version=row.version,
        at=at,
    )
    return row
