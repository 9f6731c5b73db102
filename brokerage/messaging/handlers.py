"""Telling people what happened to their log-in. The entry's ref makes every telling unique."""

from __future__ import annotations

from typing import Any

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer, DataExport
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


def _tell(kind: str, event: events.LogInEvent, entry: Entry) -> Any:
    return send(
        kind=kind,
        user=User.objects.get(ref=event.subject),
        context={"at": entry.at.isoformat()},
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )
