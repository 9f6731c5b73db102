"""Ask a customer at high risk where the money comes from, take the answers, find them enough."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.aml.states import AmlLevel
from accounts.funds.dated import funds_terms
from accounts.funds.events import FundsAccepted, FundsAnswered, FundsAsked
from accounts.funds.states import InquiryStatus
from accounts.models import AmlRating, Application, FundsInquiry
from accounts.states import ACCEPTED
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import Kind, User

ACTOR = Actor.system("accounts.source_of_funds")
NEEDED = ("funds", "wealth", "aim")
FIELDS = (*NEEDED, "words")


class UnableToAsk(Exception):
    """The act is refused; the message is translated and may be shown."""


def ask_where_needed(*, rating: AmlRating, at: datetime) -> FundsInquiry | None:
    """Ask the customer of a high rating, unless answers count that somebody accepted.

    Args:
        rating: one that counts.
        at: the instant.

    Returns:
        The open questions, those there are or new ones; None where nothing is to be asked.
    """
    on = business_date(at)
    terms = funds_terms(on)
    if rating.level != AmlLevel.HIGH or rating.replaced_at is not None:
        return None
    account = account_of(rating.customer)
    if account is None or counting_inquiry(rating.customer, at) is not None:
        return None
    with transaction.atomic():
        row = lock(account)
        if found := FundsInquiry.objects.open().filter(application=row).first():
            return found
        made = FundsInquiry.objects.create(
            application=row,
            asked_at=at,
            due_on=terms.due_on(on),
            rule_version=terms.version,
        )
        _tell_asked(made, ACTOR, at)
        return made


def answer_inquiry(
    *,
    inquiry: FundsInquiry,
    values: Mapping[str, Any],
    proof: UUID | None,
    actor: Actor,
    at: datetime,
) -> FundsInquiry:
    """The customer answers; a second answer of the same page changes nothing.

    Args:
        inquiry: locked here, after its application.
        values: all of NEEDED, and words: choices as words, in the customer's own words the rest.
        proof: a file that was added, or None: the one there is stays.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToAsk: when something is missing.
    """
    if not all(values.get(name) for name in NEEDED):
        raise UnableToAsk(_("Answer every question."))
    with transaction.atomic():
        row = _locked(inquiry)
        if row.status != InquiryStatus.ASKED:
            return row
        kept = {name: values.get(name) or "" for name in FIELDS}
        row.values = json.dumps(kept, ensure_ascii=False)
        row.proof_ref = proof or row.proof_ref
        row.move_to(InquiryStatus.ANSWERED)
        row.answered_at, row.note = at, ""
        row.save()
        told = FundsAnswered(
            subject=row.ref,
            application=row.application.ref,
            fields=tuple(name for name in FIELDS if kept[name]),
            proof=row.proof_ref,
        )
        record(told, actor=actor, at=at)
        return row


def accept_inquiry(
    *, inquiry: FundsInquiry, officer: User, reason: str, at: datetime
) -> FundsInquiry:
    """Somebody of an AML role finds the answers enough.

    Args:
        inquiry: answered; locked here.
        officer: of an AML role, not the customer.
        reason: why; AML roles alone read it.
        at: the instant.

    Raises:
        UnableToAsk: without a reason, or when it is not answered.
    """
    if not reason.strip():
        raise UnableToAsk(_("Say why; somebody will have to follow it in ten years."))
    with transaction.atomic():
        row = _at_desk(inquiry, officer)
        row.move_to(InquiryStatus.ACCEPTED)
        row.decided_by, row.decided_at, row.reason = officer, at, reason.strip()
        row.save()
        told = FundsAccepted(subject=row.ref, application=row.application.ref)
        record(told, actor=Actor.of(officer), at=at)
        return row


def ask_again(*, inquiry: FundsInquiry, officer: User, note: str, at: datetime) -> FundsInquiry:
    """The answers are not enough: the customer reads what is missing, and answers anew.

    Args:
        inquiry: answered; locked here.
        officer: of an AML role, not the customer.
        note: to the customer, in neutral words.
        at: the instant.

    Raises:
        UnableToAsk: without a note, or when it is not answered.
    """
    if not note.strip():
        raise UnableToAsk(_("Say to the customer what is missing."))
    with transaction.atomic():
        row = _at_desk(inquiry, officer)
        on = business_date(at)
        row.move_to(InquiryStatus.ASKED)
        row.note, row.due_on = note.strip(), funds_terms(on).due_on(on)
        row.save()
        _tell_asked(row, Actor.of(officer), at, again=True)
        return row


def counting_inquiry(customer: Customer, at: datetime) -> FundsInquiry | None:
    """The newest answers that were accepted and are not too old; or None."""
    on = business_date(at)
    rows = FundsInquiry.objects.filter(
        application__customer=customer, status=InquiryStatus.ACCEPTED
    )
    newest = rows.order_by("-decided_at").first()
    if newest is None or newest.decided_at is None:
        return None
    return newest if funds_terms(on).counts_on(newest.decided_at, on) else None


def lacks_source_of_funds(rating: AmlRating, at: datetime) -> bool:
    """Whether a high rating cannot be looked at: nobody accepted answers that count.

    Who has no account any more is not asked, and may be rated all the same.
    """
    if rating.level != AmlLevel.HIGH or account_of(rating.customer) is None:
        return False
    return counting_inquiry(rating.customer, at) is None


def account_of(customer: Customer) -> Application | None:
    """The newest application of a customer that was accepted; None of who left."""
    if customer.closed_at is not None:
        return None
    rows = Application.objects.filter(customer=customer, status__in=ACCEPTED)
    return rows.order_by("-pk").first()


def ask_before_reviews(*, at: datetime, most: int = 5_000) -> int:
    """Ask those at high risk whose next look comes near and whose answers count no more."""
    on = business_date(at)
    near = on + timedelta(days=funds_terms(on).ahead)
    rows = AmlRating.objects.current().filter(level=AmlLevel.HIGH, review_on__lte=near)
    asked = 0
    for rating in rows.select_related("customer").order_by("review_on", "pk")[:most]:
        asked += ask_where_needed(rating=rating, at=at) is not None
    return asked


def _tell_asked(row: FundsInquiry, actor: Actor, at: datetime, *, again: bool = False) -> None:
    event = FundsAsked(
        subject=row.ref,
        application=row.application.ref,
        due_on=row.due_on.isoformat(),
        again=again,
    )
    record(event, actor=actor, at=at, rule_version=row.rule_version)


def _locked(inquiry: FundsInquiry) -> FundsInquiry:
    application = lock(inquiry.application)
    row = lock_row(FundsInquiry, inquiry.pk)
    row.application = application
    return row


def _at_desk(inquiry: FundsInquiry, officer: User) -> FundsInquiry:
    row = _locked(inquiry)
    if officer.kind != Kind.STAFF or officer.pk == row.application.applicant_id:
        raise UnableToAsk(_("Nobody decides on their own answers."))
    if row.status != InquiryStatus.ANSWERED:
        raise UnableToAsk(_("It is somebody else's turn now. Load the page again."))
    return row
