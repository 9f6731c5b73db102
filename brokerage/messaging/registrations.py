"""What this app puts into the registries of the foundation when it starts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock, data_export, first, home_cards, lookup_rotation, retention, scope
from brokerage.core.after_migrate import has_table
from brokerage.core.roles import Role
from brokerage.customers.events import (
    ConsentWithdrawn,
    DataExportDownloaded,
    DataExportReady,
    IdentityConfirmed,
    ProfileCorrected,
)
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from brokerage.messaging import contact_rules, home, selectors
from brokerage.messaging import events as events_here
from brokerage.messaging.models import Delivery
from brokerage.messaging.retention import OLD_CODES, OLD_MESSAGES, OLD_SANDBOX
from brokerage.users import codes, events

HANDLERS = "brokerage.messaging.handlers"


def register() -> None:
    """The code sender, scopes, the data export, and subscriptions."""
    from brokerage.messaging.use_cases.send_code import SmsCodeSender

    codes.set_code_sender(SmsCodeSender())
    first.figures.register(selectors.KEPT, selectors.unread_of("me.id"))
    contact_rules.register()
    lookup_rotation.register(
        lookup_rotation.HashColumn(
            model="messaging.Delivery", column="address_hash", compute=_address_hash
        )
    )
    for role in Role:
        scope.register("messaging.Message", role, _own)
    for role in (Role.OPERATIONS, Role.CALL_CENTRE, Role.COMPLIANCE, Role.AUDITOR):
        scope.register_readers("messaging.Delivery", role)
    data_export.register(
        "messages",
        title=_("Messages"),
        collect=selectors.export_messages,
        order=80,
        covers=("messaging.Message",),
    )
    data_export.register(
        "contact",
        title=_("How we reach you"),
        collect=selectors.export_preferences,
        order=75,
        covers=("messaging.Preference",),
    )
    data_export.exempt("messaging.Delivery", "how a message travelled; the message is told")
    register_kind(
        events_here.PreferenceChanged,
        _("You changed how we reach you"),
        public=True,
        staff=_("The customer changed how we reach them"),
    )
    home_cards.sources.register("messaging.unread", home.cards)
    for policy in (OLD_MESSAGES, OLD_CODES, OLD_SANDBOX):
        retention.register(policy)
    for event in (
        events.NewDeviceSeen,
        events.PhoneChanged,
        events.SignedOutEverywhere,
        events.SignInBlocked,
        events.FactorAdded,
        events.FactorRemoved,
        events.PasswordChanged,
        events.SwitchedOff,
        events.SwitchedOn,
        events.CodeLimitLifted,
        IdentityConfirmed,
        ProfileCorrected,
        ConsentWithdrawn,
        DataExportDownloaded,
    ):
        verb = event.kind.partition(".")[2]
        subscribe(event, f"{HANDLERS}.tell_{verb}", name=f"messaging.tell_{verb}")
    subscribe(
        DataExportReady, f"{HANDLERS}.tell_data_export_ready", name="messaging.tell_export_ready"
    )


def _address_hash(row: Delivery) -> str | None:
    from brokerage.messaging.use_cases.send_message import address_hash

    return address_hash(row.address) if row.address else None


def load_texts_after_migrate(**kwargs: Any) -> None:
    """Bring the texts up to date with the code."""
    from brokerage.messaging.use_cases.load_texts import load_texts

    if has_table(kwargs, "messaging", "textversion"):
        load_texts(at=clock.now())


def _own(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    return rows.filter(user=user)
