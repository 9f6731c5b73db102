"""A customer sends a new document; two people agree to it, and what was limited is open again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.gateways.base import Person
from accounts.life.dated import expiry_terms
from accounts.life.events import DocumentRenewed, RenewalProposed, RenewalReturned, RenewalSent
from accounts.life.rules import standing
from accounts.life.states import RENEWAL_EDITABLE, RENEWAL_OPEN, RenewalStatus
from accounts.models import Application, DocumentRenewal, IdDocument
from accounts.states import Lack, Status
from accounts.use_cases.change_key_data import (
    ask_police,
    changed_fields,
    lacks_police,
    not_now,
    tell_depository,
)
from accounts.use_cases.photos import SIDES
from accounts.use_cases.readings import request_reading
from accounts.use_cases.screening import screen_customer
from accounts.use_cases.send_limits import send_limits
from accounts.use_cases.watch_document import set_standing
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.identifiers import resident_id
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import IdType, Source
from brokerage.customers.use_cases.confirm_identity import IdentityTaken, confirm_identity
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import Kind, User

FIELDS = ("front", "back", "id_issuer", "id_valid_from", "id_valid_to", "id_long_term", "address")
KEY_DATA = ("new_name", "new_number")
PROFILE = ("id_issuer", "id_valid_from", "id_valid_to", "address")


class UnableToRenew(Exception):
    """A renewal is refused; the message is translated and may be shown."""


class RenewedElsewhere(UnableToRenew):
    """Another device wrote meanwhile."""


def begin_renewal(*, application: Application, at: datetime) -> DocumentRenewal:
    """The open renewal of an active account: the one there is, or a new one.

    Args:
        application: locked here, so that two devices begin one.
        at: the instant.

    Raises:
        UnableToRenew: when the account is not active.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.ACTIVE:
            raise UnableToRenew(_("Only an active account has a document to renew."))
        found = DocumentRenewal.objects.filter(application=row, status__in=RENEWAL_OPEN).first()
        return found or DocumentRenewal.objects.create(application=row, begun_at=at)


def save_renewal(
    *, renewal: DocumentRenewal, values: Mapping[str, Any], version: int, at: datetime
) -> DocumentRenewal:
    """Keep what was entered; a photograph that is new is read by the worker.

    Args:
        renewal: locked here.
        values: some of FIELDS and KEY_DATA; photographs as refs, dates as ISO dates. An empty
            name or number stays as it is.
        version: as the page showed it.
        at: the instant.

    Raises:
        RenewedElsewhere: when another device wrote meanwhile.
        UnableToRenew: when it is with us.
    """
    if unknown := set(values) - {*FIELDS, *KEY_DATA}:
        raise ValueError(f"No such field: {sorted(unknown)}.")
    with transaction.atomic():
        row = _locked(renewal)
        if row.status not in RENEWAL_EDITABLE:
            raise UnableToRenew(_("Your new document is with us. There is nothing to change now."))
        if row.version != version:
            raise RenewedElsewhere(
                _("Somebody changed this on another device meanwhile. Nothing was overwritten.")
            )
        before = row.answers
        row.values = json.dumps({**before, **values}, ensure_ascii=False)
        row.changes_key_data = bool(changed_fields(row))
        row.version += 1
        row.save()
        for side, kind in SIDES.items():
            if values.get(side) and values[side] != before.get(side):
                request_reading(
                    application=row.application, file_ref=UUID(values[side]), side=kind, at=at
                )
        return row


def send_renewal(*, renewal: DocumentRenewal, actor: Actor, at: datetime) -> DocumentRenewal:
    """Send what was kept; sending twice changes nothing.

    Raises:
        UnableToRenew: when something is missing, or name and number change at once.
    """
    with transaction.atomic():
        row = _locked(renewal)
        if row.status not in RENEWAL_EDITABLE:
            return row
        answers = row.answers
        ends = answers.get("id_long_term") or answers.get("id_valid_to")
        if not ends or not all(answers.get(name) for name in (*SIDES, "id_valid_from")):
            raise UnableToRenew(_("Add both photos and both dates first."))
        if why := not_now(row):
            raise UnableToRenew(why)
        row.move_to(RenewalStatus.SENT)
        row.sent_at, row.lack, row.note = at, "", ""
        row.save()
        if row.changes_key_data:
            ask_police(row, actor=actor, at=at)
        record(RenewalSent(subject=row.application.ref), actor=actor, at=at)
        return row


def propose_renewal(*, renewal: DocumentRenewal, officer: User, at: datetime) -> DocumentRenewal:
    """The first person agrees; arguments and refusals as in `confirm_renewal`."""
    with transaction.atomic():
        row = _at_desk(renewal, officer)
        if why := lacks_police(row):
            raise UnableToRenew(why)
        _move(row, RenewalStatus.PROPOSED)
        row.proposed_by = officer
        row.save()
        record(RenewalProposed(subject=row.application.ref), actor=Actor.of(officer), at=at)
        return row


def confirm_renewal(*, renewal: DocumentRenewal, officer: User, at: datetime) -> DocumentRenewal:
    """The second person agrees: the document counts, and its limits are lifted.

    Args:
        renewal: locked here, after its application.
        officer: neither the customer nor who agreed first.
        at: the instant.

    Raises:
        UnableToRenew: when it is not their turn.
    """
    with transaction.atomic():
        row = _at_desk(renewal, officer)
        if row.proposed_by_id == officer.pk:
            raise UnableToRenew(_("Another person than the first one has to agree."))
        _move(row, RenewalStatus.CONFIRMED)
        row.decided_by, row.decided_at = officer, at
        row.save()
        _write_profile(row, Actor.of(officer), at)
        _lift(row, Actor.of(officer), at)
        return row


def return_renewal(
    *, renewal: DocumentRenewal, officer: User, lack: Lack, note: str, at: datetime
) -> DocumentRenewal:
    """Ask the customer for it again, with the reason; what they entered is kept.

    Args:
        renewal: locked here.
        officer: not the customer.
        lack: why.
        note: to the customer, beside the reason; may be empty.
        at: the instant.

    Raises:
        UnableToRenew: when it is not at the desk.
    """
    with transaction.atomic():
        row = _at_desk(renewal, officer)
        _move(row, RenewalStatus.RETURNED)
        row.lack, row.note, row.proposed_by = lack, note.strip(), None
        row.save()
        event = RenewalReturned(subject=row.application.ref, lack=str(lack))
        record(event, actor=Actor.of(officer), at=at)
        return row


def _locked(renewal: DocumentRenewal) -> DocumentRenewal:
    application = lock(renewal.application)
    row = lock_row(DocumentRenewal, renewal.pk)
    row.application = application
    return row


def _at_desk(renewal: DocumentRenewal, officer: User) -> DocumentRenewal:
    row = _locked(renewal)
    if officer.kind != Kind.STAFF or officer.pk == row.application.applicant_id:
        raise UnableToRenew(_("Nobody decides on their own document."))
    return row


def _move(row: DocumentRenewal, status: RenewalStatus) -> None:
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToRenew(_("It is somebody else's turn now. Load the page again.")) from error


def _write_profile(row: DocumentRenewal, actor: Actor, at: datetime) -> None:
    answers, customer = row.answers, row.application.customer
    before = Person.of(customer)
    name, number = row.wanted
    born = date.fromisoformat(customer.birth_date) if customer.birth_date else None
    if number != before.number and customer.id_type == IdType.RESIDENT_ID:
        born = resident_id(number, on=business_date(at)).birth_date
    try:
        confirm_identity(
            customer=customer,
            id_type=IdType(customer.id_type),
            number=number,
            name=name,
            birth_date=born,
            source=Source.CUSTOMER,
            actor=actor,
            at=at,
            more=_told(answers),
        )
    except IdentityTaken as taken:
        raise UnableToRenew(str(taken)) from None
    if row.changes_key_data:
        row.application.set_applicant_name(name)
        row.application.save(update_fields=["applicant_name", "applicant_name_hash"])
        after = Person(name, before.document, number)
        customer.refresh_from_db()
        screen_customer(customer=customer, at=at)
        tell_depository(row, before, after, actor=actor, at=at)


def _told(answers: dict[str, Any]) -> dict[str, str]:
    """What the new document says; one without an end takes the last day of the old one away."""
    told = {field: str(answers[field]) for field in PROFILE if answers.get(field)}
    return {**told, "id_valid_to": ""} if answers.get("id_long_term") else told


def _lift(row: DocumentRenewal, actor: Actor, at: datetime) -> None:
    answers, on = row.answers, business_date(at)
    terms = expiry_terms(on)
    document = IdDocument.objects.select_for_update().get(application=row.application)
    document.application = row.application
    closed = set(document.stopped)
    ends = "" if answers.get("id_long_term") else answers["id_valid_to"]
    document.valid_to = date.fromisoformat(ends) if ends else None
    found = standing(document.valid_to, on, terms)
    set_standing(document, found, terms, at)
    document.looked_on = None
    document.save()
    send_limits(application=row.application, at=at)
    record(
        DocumentRenewed(
            subject=row.application.ref,
            valid_to=ends,
            lifted=tuple(sorted(closed - set(document.stopped))),
        ),
        actor=actor,
        at=at,
        rule_version=terms.version,
    )
