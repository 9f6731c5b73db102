"""Who sees, proposes and releases rates; what a customer's own copy says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branches import events
from branches.commission import home
from branches.models import AgreedRate, CommissionRate
from branches.use_cases.propose_rate import release_rate
from brokerage.backoffice import four_eyes
from brokerage.backoffice.tasks import register_source
from brokerage.core import data_export, roles, scope
from brokerage.core.data_export import Person
from brokerage.core.display import formats
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS
from brokerage.journal.timeline import register_kind

PROPOSE = (Role.BRANCH_MANAGER, Role.HEAD_OFFICE)
SEE = (*PROPOSE, Role.OPENING_OFFICER, Role.REVIEWER, Role.OPERATIONS)


def declare(register_by_unit: Callable[..., None]) -> None:
    """Fill the registries of core; called once when the app is ready."""
    paths = (
        ("CommissionRate", "unit"),
        ("AgreedRate", "rate__unit"),
        ("RateReview", "rate__unit"),
    )
    for label, path in paths:
        register_by_unit(f"branches.{label}", path, *SEE)
        scope.register_readers(f"branches.{label}", Role.COMPLIANCE, Role.AUDITOR)
        for role in (*SEE, *sorted(roles.READERS)):
            roles.allow(role, f"branches.view_{label.lower()}")
    for role in PROPOSE:
        roles.allow(role, "branches.add_commissionrate", "branches.change_commissionrate")
    four_eyes.on_approval("branches.CommissionRate", release_rate)
    register_kind(events.RateProposed, _("Commission rate proposed"), icon="card")
    register_kind(events.RateFound, _("New fees do not allow this rate"), icon="alert")
    register_source("branches.rates", _("Rates to replace"), home.rates, home.probe_rates)
    register_kind(events.RateAgreed, _("Commission rate agreed"), icon="check")
    data_export.exempt(
        "branches.RateReview", "says of a rate whether coming fees allow it; the rate is told"
    )
    data_export.register(
        "commission",
        title=_("Agreed commission"),
        collect=_agreed,
        order=58,
        covers=("branches.AgreedRate", "branches.CommissionRate"),
    )
    RECORDS.register("branches.commission", _refs)


def _refs(customer: Customer) -> QuerySet[Any, UUID]:
    return AgreedRate.objects.filter(customer=customer).values_list("ref", flat=True)


def _agreed(person: Person) -> list[dict[str, Any]]:
    """Rates of the person alone, and rates that the person agreed to."""
    own = CommissionRate.objects.approved().filter(customer__ref=person.customer)
    agreed = AgreedRate.objects.filter(customer__ref=person.customer).select_related("rate__unit")
    return [
        *({"what": _words(row), "valid_until": str(row.valid_to)} for row in own),
        *({"what": _words(row.rate), "given_at": row.agreed_at.isoformat()} for row in agreed),
    ]


def _words(row: CommissionRate) -> str:
    price = formats.money(row.per_contract or 0) if row.rate is None else formats.rate(row.rate)
    return f"{row.get_market_display()} {row.get_product_display()} {price}"
