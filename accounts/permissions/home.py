"""What homes and the distance page show of applications for trading permissions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.selectors import road_of
from accounts.permissions.states import BEFORE_SIGNATURE, HELD, CaseStatus, PermissionStatus
from accounts.permissions.use_cases.reviewing import DECIDES, PROPOSES
from accounts.permissions.wording import label, labels
from accounts.views.frame import language
from brokerage.backoffice.tasks import Task
from brokerage.core import clock, home_cards, roles, scope
from brokerage.core.home_cards import Card, Weight
from brokerage.customers.models import Customer
from brokerage.users.models import Kind
from suitability.applying import Entry
from suitability.selectors.permissions import Way

LIMIT = 30
DOES = tuple(status for status in BEFORE_SIGNATURE if status != CaseStatus.CHECKING)


def entry(customer: Customer, way: Way) -> Entry | None:
    """The link of the distance page: to the application under way, or to where one begins.

    While a hard check is not passed it says so and leads to what is missing.
    """
    key, at = way.permission.rule.key, clock.now()
    row = TradingPermission.objects.of(customer).filter(key=key).first()
    url = reverse("permissions:permission", args=[key])
    shown = (*HELD, PermissionStatus.APPLIED, PermissionStatus.REVOKED)
    if row is not None and row.status in shown:
        return Entry(url, _("See where it stands"), str(row.get_status_display()))
    road = road_of(customer, way, at=at, on=clock.business_date(at), language=language())
    if road is None:
        return None
    if road.gaps or hard_stops(customer, clock.business_date(at)):
        return Entry(url, _("See what is missing"), _("It cannot be applied for yet"), ready=False)
    return Entry(url, _("Apply for it"))


def waits(on: date) -> Exists:
    """Whether an application of a log-in waits for its customer, a fact of the home."""
    rows = PermissionApplication.objects.filter(customer__user=OuterRef("pk"))
    return Exists(rows.filter(status__in=DOES))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card for the application whose next step is the customer's. One or two queries."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "accounts.permission_waits", at):
        return []
    rows = PermissionApplication.objects.filter(customer__user=user, status__in=DOES)
    case = rows.order_by("-applied_at")[0]
    name = label(case.key, clock.business_date(at))
    return [
        Card(
            key="accounts.permission",
            weight=Weight.NEXT_STEP,
            title=_("Go on with the permission for {permission}").format(permission=name),
            text=_("Next: {step}").format(step=case.get_status_display()),
            url=case.get_absolute_url(),
            action=_("Go on"),
        )
    ]


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Applications that wait for this person's proposal or decision, the oldest first."""
    rows = _waiting(user)
    if rows is None:
        return
    names = labels(clock.business_date(at))
    for case in rows.select_related("customer").order_by("status_since", "pk")[:LIMIT]:
        if case.proposed_by_id == user.pk:
            continue
        proposed = case.proposed_by_id is not None
        if proposed and not roles.may(user, DECIDES):
            continue
        yield Task(
            title=_("Trading permission to decide on")
            if proposed
            else _("Trading permission to review"),
            detail=f"{names.get(case.key, case.key)} · {case.customer.shown}",
            url=reverse("admin:accounts_permissionapplication_change", args=[case.ref]),
            action=_("Decide") if proposed else _("Review"),
            started_at=case.status_since,
        )
    yield from _revocations(user, names)


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    rows = _waiting(user)
    return [] if rows is None else [rows, _proposed(user)]


def _revocations(user: Any, names: dict[str, str]) -> Iterable[Task]:
    """Proposals to revoke that this person may decide on."""
    if not roles.may(user, DECIDES):
        return
    rows = _proposed(user).select_related("customer").order_by("status_since", "pk")
    for row in rows[:LIMIT]:
        yield Task(
            title=_("Revocation to decide on"),
            detail=f"{names.get(row.key, row.key)} · {row.customer.shown}",
            url=reverse("admin:accounts_tradingpermission_change", args=[row.ref]),
            action=_("Decide"),
        )


def _proposed(user: Any) -> Any:
    rows = scope.visible(TradingPermission, user)
    return rows.filter(status__in=HELD, proposed_by__isnull=False).exclude(proposed_by=user.pk)


def _waiting(user: Any) -> Any:
    if not roles.may(user, PROPOSES) and not roles.may(user, DECIDES):
        return None
    return scope.visible(PermissionApplication, user).filter(status=CaseStatus.REVIEW)
