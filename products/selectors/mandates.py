"""Who is behind the wall of which mandate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from brokerage.customers.models import Customer
from products.mandate_states import WALLED
from products.models import Crossing, Mandate
from products.models.mandates import MandateQuerySet

MOST = 50
OPEN_DESK = ~Q(desk__in=[each.value for each in WALLED])


def let_in(person: UUID) -> QuerySet[Any]:
    """Keys of the mandates behind whose wall compliance let the person with this ref."""
    inside = Crossing.objects.approved().filter(person_ref=person, left_at=None)
    return inside.values("mandate")


def known_to(person: UUID) -> MandateQuerySet:
    """Mandates that the person with this ref leads or was let in to."""
    return Mandate.objects.filter(Q(lead_ref=person) | Q(pk__in=let_in(person)))


def mandates_of(customer: Customer) -> list[Mandate]:
    """What our desks prepare with a customer, the newest first; one query.

    No wall keeps a customer from what is their own. Next step, clock, likelihood and reports are
    those of the desk, and no page of theirs shows them.
    """
    rows = Mandate.objects.filter(customer=customer).select_related("referral", "company")
    return list(rows.order_by("-opened_at", "-pk")[:MOST])


def is_behind_the_wall(mandate: Mandate, user: Any) -> bool:
    """Whether somebody of head office may know of a mandate: its desk has no wall, they lead it,
    or they were let in."""
    if mandate.desk not in WALLED:
        return True
    return known_to(user.ref).filter(pk=mandate.pk).exists()
