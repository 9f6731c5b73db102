"""Sign-ups that came to nothing do not stay."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from brokerage.core.retention import Policy, Rows
from brokerage.customers.models import Consent, Customer, DataExport, ProfileVersion

KEPT_BY_TRIGGER = (
    "customers.ProfileVersion:profile_versions_are_kept",
    "customers.Consent:consents_are_kept",
)


def abandoned(before: datetime) -> Rows:
    """Customers made before `before` without a document and without a record in any other app."""
    rows = Customer.objects.filter(id_hash=None, created_at__lt=before)
    for relation in Customer._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label != "customers":
            theirs = model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.filter(~Exists(theirs))
    return rows


def forget(rows: Rows) -> int:
    """Delete customers with their profiles, agreements and copies; the log-in stays."""
    keys = list(rows.values_list("pk", flat=True))
    with pgtrigger.ignore(*KEPT_BY_TRIGGER):
        for model in (ProfileVersion, Consent, DataExport):
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
