"""Take down a complaint, and answer it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.events import ComplaintAnswered, ComplaintReceived
from products.models import Complaint, Product
from products.states import ComplaintStatus
from products.use_cases.refusals import UnableToList


@transaction.atomic
def receive_complaint(
    *, customer: Customer, text: str, by: User, at: datetime, product: Product | None = None
) -> Complaint:
    """Take down what a customer complains of; nothing is suggested to them until the answer.

    Raises:
        UnableToList: without words.
    """
    if not text.strip():
        said = _("Write down what the customer says.")
        raise UnableToList(said, {"said": [said]})
    row = Complaint.objects.create(
        customer=customer,
        product=product,
        text=text.strip(),
        received_at=at,
        received_by_ref=by.ref,
    )
    record(ComplaintReceived(subject=row.ref, customer=customer.ref), actor=Actor.of(by), at=at)
    return row


@transaction.atomic
def answer_complaint(*, complaint: Complaint, answer: str, by: User, at: datetime) -> Complaint:
    """Answer a complaint; the customer is told where the answer stands.

    Raises:
        UnableToList: without words, when it is answered already, or by who took it down.
    """
    row = Complaint.objects.select_for_update(of=("self",)).select_related("customer")
    found = row.get(pk=complaint.pk)
    if not answer.strip():
        raise UnableToList(_("Write down the answer."))
    if found.status == ComplaintStatus.ANSWERED:
        raise UnableToList(_("It was answered already."))
    if by.ref == found.received_by_ref:
        raise UnableToList(_("Another person than who took it down has to answer it."))
    found.move_to(ComplaintStatus.ANSWERED)
    found.answer, found.answered_at, found.answered_by_ref = answer.strip(), at, by.ref
    found.save()
    event = ComplaintAnswered(subject=found.ref, customer=found.customer.ref)
    record(event, actor=Actor.of(by), at=at)
    return found
