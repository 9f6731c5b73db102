"""A customer begins, or goes on with what is open."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.entries import Entry
from accounts.events import ApplicationStarted
from accounts.models import Application
from accounts.selectors import outlets_for_opening
from accounts.states import OPEN, Status
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.saving import write_of
from brokerage.core.written import SOME_KEY, Written
from brokerage.customers.models import Customer
from brokerage.customers.selectors import customer_of
from brokerage.customers.use_cases import ensure_customer, register_customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record, together
from brokerage.users.models import User

EARLIER = Written(
    lambda customer: Application.objects.filter(
        Q(status__in=OPEN) | Q(status=Status.REJECTED, final=True), customer=customer
    ).order_by("pk"),
    customer=SOME_KEY,
)
"""What goes on, or was refused for good."""


class UnableToStart(Exception):
    """Applying online is closed for this customer; the message is translated and may be shown."""


def start_application(
    *,
    customer: Customer,
    entry: Entry | None,
    actor: Actor,
    at: datetime,
    outlet: OrgUnit | None = None,
) -> Application:
    """The open application of `customer`; made and journalled where there is none.

    Args:
        customer: who applies; locked here.
        entry: the living link by which the customer came; it counts only for a new application.
        actor: the customer.
        at: the instant.
        outlet: whose page led here; it is offered first. Else that of the link.

    Raises:
        UnableToStart: when an earlier application was refused for good.
    """
    with transaction.atomic():
        locked = lock_row(Customer, customer.pk)
        before = EARLIER.load(customer=locked.pk)
        if present := next((each for each in before if each.status in OPEN), None):
            return present
        if before:
            raise UnableToStart(
                _("We cannot open an account for you online. An outlet helps you.")
            )
        return _begun(locked, entry, actor, at, outlet)


def begin_as(
    *, user: User, entry: Entry | None, at: datetime, outlet: OrgUnit | None = None
) -> Application:
    """As `start_application`, for a customer's log-in whose customer may not be there yet.

    Raises:
        UnableToStart: as there.
        ValueError: when the log-in is not a customer's (a mistake of the caller).
    """
    actor = Actor.of(user)
    customer = customer_of(user)
    if customer is None:
        with transaction.atomic(), together():
            if new := register_customer(user=user, at=at):
                return _begun(new, entry, actor, at, outlet)  # who is new has begun nothing
        customer = ensure_customer(user=user, at=at)
    return start_application(customer=customer, entry=entry, actor=actor, at=at, outlet=outlet)


def _begun(
    customer: Customer, entry: Entry | None, actor: Actor, at: datetime, outlet: OrgUnit | None
) -> Application:
    """A new application of a locked customer."""
    application = Application(
        customer=customer,
        applicant_id=customer.user_id,
        created_at=at,
        updated_at=at,
        stage_since=at,
        entry_ref=entry.ref if entry else None,
        origin_ref=entry.origin_ref if entry else None,
        outlet=outlet or _outlet_of(entry, at),
    )
    event = ApplicationStarted(
        subject=application.ref,
        customer=customer.ref,
        version=application.version,
        status=application.status,
        origin=application.origin_ref,
    )
    record(event, actor=actor, at=at, rows=[write_of(application)])
    return application


def _outlet_of(entry: Entry | None, at: datetime) -> OrgUnit | None:
    """The outlet that the link is bound to, or that of its service point, if it takes any.

    Another may be chosen.
    """
    if entry is None or entry.unit is None:
        return None
    day = business_date(at)
    over = OrgUnit.objects.above(entry.unit, day).order_by().values("pk")
    rows = outlets_for_opening(day).filter(Q(pk=entry.unit.pk) | Q(pk__in=over))
    return rows.first()
