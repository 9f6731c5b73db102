"""What this app puts into the registries of the foundation when it starts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock, data_export, lookup_rotation, retention, scope
from brokerage.core.after_migrate import has_table
from brokerage.core.roles import Role
from brokerage.customers import events, files, history, selectors
from brokerage.customers.models.customers import Customer, identity_hash, name_hash
from brokerage.customers.models.documents import OtherDocument
from brokerage.customers.retention import POLICIES
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from brokerage.users.events import SignedUp


def register() -> None:
    """Scopes, sections of the data export, and subscriptions."""
    readers = [Role.HEAD_OFFICE, Role.OPERATIONS, Role.CALL_CENTRE, Role.COMPLIANCE, Role.AUDITOR]
    scope.register("customers.Customer", Role.CUSTOMER, _own)
    scope.register_readers("customers.Customer", *readers)
    for label in (
        "customers.ProfileVersion",
        "customers.Consent",
        "customers.DataExport",
        "customers.OtherDocument",
    ):
        scope.register(label, Role.CUSTOMER, _of_own_customer)
    for label in ("customers.ProfileVersion", "customers.Consent", "customers.OtherDocument"):
        scope.register_readers(label, *readers)
    data_export.register(
        "profile",
        title=_("Profile"),
        collect=selectors.export_profile,
        order=10,
        covers=("customers.Customer", "customers.ProfileVersion"),
    )
    data_export.register(
        "documents",
        title=_("Your documents"),
        collect=selectors.export_documents,
        order=11,
        covers=("customers.OtherDocument",),
    )
    data_export.register(
        "consents",
        title=_("Agreements"),
        collect=selectors.export_consents,
        order=20,
        covers=("customers.Consent",),
    )
    data_export.exempt("customers.DataExport", "the copies themselves; the timeline names them")
    data_export.register("looks", title=_("Who looked"), collect=history.export_looks, order=30)
    data_export.register(
        "timeline", title=_("What happened"), collect=history.export_timeline, order=40
    )
    for policy in POLICIES:
        retention.register(policy)
    files.register()
    lookup_rotation.register(
        lookup_rotation.HashColumn(
            model="customers.Customer", column="id_hash", compute=_identity_hash
        )
    )
    lookup_rotation.register(
        lookup_rotation.HashColumn(
            model="customers.OtherDocument", column="id_hash", compute=_other_hash
        )
    )
    lookup_rotation.register(
        lookup_rotation.HashColumn(
            model="customers.Customer",
            column="name_hash",
            compute=lambda row: name_hash(row.name),
            source="name",
        )
    )
    _label_events()
    subscribe(
        SignedUp, "brokerage.customers.handlers.make_customer", name="customers.make_customer"
    )


def load_texts_after_migrate(**kwargs: Any) -> None:
    """Bring the consent texts up to date with the code."""
    from brokerage.customers.use_cases import load_consent_texts

    if has_table(kwargs, "customers", "consenttext"):
        load_consent_texts(at=clock.now())


def _identity_hash(row: Customer) -> str | None:
    return identity_hash(row.id_type, row.id_number) if row.id_number else None


def _other_hash(row: OtherDocument) -> str:
    return identity_hash(row.id_type, row.id_number or "")


def _own(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    return rows.filter(user=user)


def _of_own_customer(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    return rows.filter(customer__user=user)


def _label_events() -> None:
    labels = {
        events.CustomerRegistered: (
            _("You became a customer of the portal"),
            _("Became a customer of the portal"),
        ),
        events.IdentityConfirmed: (
            _("Your document was confirmed"),
            _("The customer's document was confirmed"),
        ),
        events.ProfileCorrected: (
            _("Your profile was changed"),
            _("The customer's profile was changed"),
        ),
        events.ConsentGiven: (
            _("You agreed to a use of your data"),
            _("The customer agreed to a use of their data"),
        ),
        events.ConsentWithdrawn: (
            _("You withdrew an agreement"),
            _("The customer withdrew an agreement"),
        ),
        events.DataExportRequested: (
            _("You asked for a copy of your data"),
            _("The customer asked for a copy of their data"),
        ),
        events.DataExportReady: (
            _("The copy of your data was ready"),
            _("The copy of the customer's data was ready"),
        ),
        events.DataExportDownloaded: (
            _("The copy of your data was downloaded"),
            _("The copy of the customer's data was downloaded"),
        ),
    }
    for event, (label, staff) in labels.items():
        register_kind(event, label, public=True, staff=staff)
