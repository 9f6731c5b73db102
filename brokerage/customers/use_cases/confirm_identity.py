"""A document is tied to a customer; no second customer can have the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.customers.events import IdentityConfirmed
from brokerage.customers.models import Customer, IdType, Kind, OtherDocument, Source
from brokerage.customers.models.customers import identity_hashes
from brokerage.customers.rules.profile import clean
from brokerage.customers.use_cases.correct_profile import write_version
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class IdentityTaken(Exception):
    """Another customer has this document; the message does not say who."""


def confirm_identity(
    *,
    customer: Customer,
    id_type: IdType,
    number: str,
    name: str,
    birth_date: date | None,
    source: Source,
    actor: Actor,
    at: datetime,
    more: Mapping[str, str] | None = None,
    others: Sequence[tuple[IdType, str]] = (),
) -> Customer:
    """Set name, document and birth date, and write the version of the profile.

    Args:
        customer: locked and changed here.
        id_type: kind of document.
        number: as on the document; the caller has checked its form.
        name: as on the document.
        birth_date: where the document shows one.
        source: where the values came from.
        actor: who confirms.
        at: the instant.
        more: further fields of the document for the profile (`id_issuer`, `id_valid_to`, …).
        others: kind and number of further papers of the same person.

    Returns:
        The customer with its new values.

    Raises:
        IdentityTaken: when another customer has the document.
        BadValue: when a value cannot stand in a profile.
    """
    values = clean(
        {
            **(more or {}),
            "name": name,
            "id_type": str(id_type),
            "id_number": "".join(number.split()).upper(),
            "birth_date": birth_date.isoformat() if birth_date else "",
        }
    )
    with transaction.atomic():
        locked = lock_row(Customer, customer.pk)
        # The unique hash decides between two that confirm at once; this lock orders them.
        holder = Customer.objects.with_identity(id_type, values["id_number"])
        if holder.exclude(pk=locked.pk).exists():
            raise IdentityTaken(_("This document is already in use by another customer."))
        locked.set_identity(id_type=str(id_type), number=values["id_number"])
        locked.set_name(values["name"])
        if id_type == IdType.CREDIT_CODE:
            locked.kind = Kind.ORGANISATION
        locked.birth_date = values["birth_date"] or None
        _save(locked)
        for kind, other in others:
            _add(locked, kind, "".join(other.split()).upper(), at)
        version = write_version(customer=locked, values=values, source=source, actor=actor, at=at)
        if version:
            record(IdentityConfirmed(subject=locked.ref, id_type=str(id_type)), actor=actor, at=at)
    return locked


def _add(customer: Customer, kind: IdType, number: str, at: datetime) -> None:
    """Keep a further paper; one that is kept already changes nothing."""
    hashes = identity_hashes(kind, number)
    if customer.id_hash in hashes or customer.other_documents.filter(id_hash__in=hashes).exists():
        return
    if Customer.objects.with_identity(kind, number).exclude(pk=customer.pk).exists():
        raise IdentityTaken(_("This document is already in use by another customer."))
    row = OtherDocument(customer=customer, id_type=kind, added_at=at)
    row.set_number(number)
    _save(row)


def _save(row: Customer | OtherDocument) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "id_hash" not in str(error):
            raise
        raise IdentityTaken(_("This document is already in use by another customer.")) from None
