"""Telling people what happened to their log-in and data, once: by the ref of the entry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from brokerage.core.clock import business_date
from brokerage.customers.events import (
    ConsentWithdrawn,
    DataExportDownloaded,
    IdentityConfirmed,
    ProfileCorrected,
)
from brokerage.customers.models import Customer, DataExport, Source
from brokerage.journal.models import Entry
from brokerage.messaging import send
from brokerage.messaging.use_cases.send_to_past_phone import send_to_past_phone
from brokerage.users import events
from brokerage.users.models import User


def tell_new_device_seen(event: events.NewDeviceSeen, entry: Entry) -> None:
    """A new device: on every channel."""
    _tell("users.new_device", event, entry)


def tell_phone_changed(event: events.PhoneChanged, entry: Entry) -> None:
    """A changed number: the new number and the one before it."""
    message = _tell("users.phone_changed", event, entry)
    if message is not None:
        send_to_past_phone(message=message, past_phone=event.past_phone, at=entry.at)


def tell_signed_out_everywhere(event: events.SignedOutEverywhere, entry: Entry) -> None:
    """All sessions ended."""
    _tell("users.signed_out_everywhere", event, entry)


def tell_sign_in_blocked(event: events.SignInBlocked, entry: Entry) -> None:
    """Tries were used up."""
    _tell("users.sign_in_blocked", event, entry)


def tell_factor_added(event: events.FactorAdded, entry: Entry) -> None:
    """A second factor more."""
    _tell("users.factor_added", event, entry)


def tell_factor_removed(event: events.FactorRemoved, entry: Entry) -> None:
    """A second factor less."""
    _tell("users.factor_removed", event, entry)


def tell_password_changed(event: events.PasswordChanged, entry: Entry) -> None:
    """Another password."""
    _tell("users.password_changed", event, entry)


def tell_switched_off(event: events.SwitchedOff, entry: Entry) -> None:
    """The log-in cannot be used any more."""
    _tell("users.switched_off", event, entry)


def tell_switched_on(event: events.SwitchedOn, entry: Entry) -> None:
    """The log-in can be used again."""
    _tell("users.switched_on", event, entry)


def tell_code_limit_lifted(event: events.CodeLimitLifted, entry: Entry) -> None:
    """Codes come again."""
    _tell("users.code_limit_lifted", event, entry)


def tell_identity_confirmed(event: IdentityConfirmed, entry: Entry) -> None:
    """A document is tied to the customer."""
    _tell_customer("customers.identity_confirmed", event.subject, entry)


def tell_profile_corrected(event: ProfileCorrected, entry: Entry) -> None:
    """Somebody else than the customer changed the profile."""
    if event.source in (Source.STAFF, Source.PARTNER):
        _tell_customer("customers.profile_corrected", event.subject, entry)


def tell_consent_withdrawn(event: ConsentWithdrawn, entry: Entry) -> None:
    """An agreement has ended, as asked for."""
    _tell_customer("customers.consent_withdrawn", event.subject, entry)


def tell_data_export_downloaded(event: DataExportDownloaded, entry: Entry) -> None:
    """A copy of everything has left."""
    _tell_customer("customers.data_export_downloaded", event.subject, entry)


def tell_data_export_ready(event: Any, entry: Entry) -> None:
    """The copy of somebody's data can be downloaded."""
    export = DataExport.objects.get(ref=event.export)
    if export.expires_at is None:
        return
    send(
        kind="customers.data_export_ready",
        customer=Customer.objects.select_related("user").get(ref=event.subject),
        context={"until": business_date(export.expires_at).isoformat()},
        at=entry.at,
        dedupe_key=f"customers.data_export_ready:{event.export}",
    )


def _tell_customer(kind: str, ref: UUID, entry: Entry) -> None:
    send(
        kind=kind,
        customer=Customer.objects.select_related("user").get(ref=ref),
        context={"at": entry.at.isoformat()},
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )


def _tell(kind: str, event: events.LogInEvent, entry: Entry) -> Any:
    return send(
        kind=kind,
        user=User.objects.get(ref=event.subject),
        context={"at": entry.at.isoformat()},
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )
