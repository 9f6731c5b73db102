"""Register brokers, suspend them, end their registration."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.code_events import BrokerEnded, BrokerRegistered
from branches.models import Broker, OrgUnit
from branches.models.brokers import person_hash
from branches.states import Kind
from brokerage.core.clock import business_date
from brokerage.core.identifiers.people import resident_id
from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToRegister(RefusedByField):
    """The registration is refused.

    Attributes:
        errors: translated messages by field name; "__all__" for those of no field.
    """


@transaction.atomic
def register_broker(
    *,
    unit: OrgUnit,
    name_zh: str,
    name_en: str,
    identity_number: str,
    number: str,
    valid_from: date,
    valid_to: date,
    actor: Actor,
    at: datetime,
) -> Broker:
    """Register a natural person as broker of an outlet; the document's number is not kept.

    Args:
        identity_number: of the resident identity card; only its keyed hash is stored.
        number: of the certificate.
        valid_from: first business day.
        valid_to: first business day without the registration.

    Raises:
        UnableToRegister: when a value is wrong or the person is registered at that time.
    """
    errors: dict[str, list[str]] = {}
    if unit.kind != Kind.OUTLET:
        errors["unit"] = [_("A broker belongs to an outlet.")]
    try:
        card = resident_id(identity_number, on=business_date(at))
    except ValidationError as error:
        errors["identity_number"] = error.messages
    if errors:
        raise UnableToRegister(errors)
    row = Broker(
        unit=unit,
        name_zh=name_zh,
        name_en=name_en,
        person=person_hash(card.value),
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        created_at=at,
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToRegister(error.message_dict) from error
    row.save()
    record(BrokerRegistered(subject=row.ref, unit=unit.ref, until=valid_to), actor=actor, at=at)
    return row


@transaction.atomic
def end_broker(
    *,
    broker: Broker,
    on: date,
    actor: Actor,
    at: datetime,
    suspend: bool = False,
    reason: str = "",
) -> Broker:
    """End a registration, or suspend it; its codes and its certificate are dead from `on` on.

    Raises:
        UnableToRegister: when it has ended or is suspended by then.
    """
    row = lock_row(Broker, broker.pk)
    if not row.holds_on(max(on, row.valid_from)):
        raise UnableToRegister({"__all__": [_("This registration has ended by then.")]})
    if suspend:
        row.suspended_on = on
    else:
        row.valid_to = max(on, row.valid_from)
    row.save(update_fields=["suspended_on", "valid_to"])
    record(
        BrokerEnded(subject=row.ref, on=on, suspended=suspend), actor=actor, at=at, reason=reason
    )
    return row
