"""Sign-ups that came to nothing do not stay, nor customers for ever after they left."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.retention import Policy, Rows, unneeded
from brokerage.core.triggers import ignoring
from brokerage.customers.models import (
    Consent,
    Customer,
    DataExport,
    OtherDocument,
    ProfileVersion,
)
from brokerage.customers.states import ExportStatus
from brokerage.files import api as files
from brokerage.journal.actors import Actor

ACTOR = Actor.system("customers.retention")

KEPT_BY_TRIGGER = (
    "customers.ProfileVersion:profile_versions_are_kept",
    "customers.Consent:consents_are_kept",
)


def abandoned(before: datetime) -> Rows:
    """Customers made before `before` without a document and without a record in any other app."""
    rows = Customer.objects.filter(id_hash=None, created_at__lt=before)
    return unneeded(rows, but_by="customers")


def ended(before: datetime) -> Rows:
    """Customers whose relationship closed before `before` and whom no other app needs."""
    return unneeded(Customer.objects.filter(closed_at__lt=before), but_by="customers")


def emptied_copies(before: datetime) -> Rows:
    """Copies for download that expired before `before`; their archives went then."""
    return DataExport.objects.filter(status=ExportStatus.EXPIRED, expires_at__lt=before)


def forget(rows: Rows) -> int:
    """Delete customers with their profiles, agreements, copies and files; the log-in stays."""
    found = dict(rows.values_list("pk", "ref"))
    keys = list(found)
    files.dispose_of_owners(
        owner_type="customers.customer",
        owner_refs=found.values(),
        actor=ACTOR,
        at=clock.now(),
        reason="kept long enough",
    )
    with ignoring(*KEPT_BY_TRIGGER):
        for model in (ProfileVersion, Consent, DataExport, OtherDocument):
            model._default_manager.filter(customer__in=keys).delete()
        Customer.objects.filter(pk__in=keys).delete()
    return len(keys)


ABANDONED = Policy(
    key="customers.abandoned_sign_ups",
    label=_("Sign-ups without a document or an application"),
    rule="retention.drafts",
    due=abandoned,
    held_by={"customers.customer": "ref"},
    dispose=forget,
)
ENDED = Policy(
    key="customers.ended",
    label=_("Customers who left"),
    rule="retention.account_opening",
    due=ended,
    held_by={"customers.customer": "ref"},
    dispose=forget,
)
COPIES = Policy(
    key="customers.copies",
    label=_("Notes of copies for download"),
    rule="retention.exports",
    due=emptied_copies,
    held_by={"customers.customer": "customer__ref"},
)
POLICIES = (ABANDONED, ENDED, COPIES)
