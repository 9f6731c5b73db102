"""Who sees and disputes the credit for an opening; every unit with a share sees the whole."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.credit import desk, events
from accounts.events import AccountActivated
from accounts.models import OpeningShare
from branches.access import known_units
from brokerage.backoffice.tasks import register_source
from brokerage.core import data_export, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

PATHS = {"OpeningCredit": "pk", "OpeningDispute": "credit"}
BY_UNIT = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER)
EVERYTHING = (Role.HEAD_OFFICE, *sorted(roles.READERS))
DISPUTES = "accounts.add_openingdispute"


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for name, path in PATHS.items():
        label = f"accounts.{name}"
        scope.register_readers(label, *sorted(roles.READERS))
        scope.register(label, Role.HEAD_OFFICE, scope.everything)
        for role in BY_UNIT:
            scope.register(label, role, _shared_with(role, path))
        for role in (*BY_UNIT, *EVERYTHING):
            roles.allow(role, f"accounts.view_{name.lower()}")
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, DISPUTES)
    roles.allow(Role.HEAD_OFFICE, desk.ANSWERS)
    register_source(
        "accounts.opening_disputes", _("Disputes about openings"), desk.disputes, desk.probe
    )
    subscribe(AccountActivated, "accounts.credit.handlers.credit", name="accounts.credit_opening")
    for name in ("OpeningCredit", "OpeningShare", "OpeningDispute"):
        data_export.exempt(
            f"accounts.{name}", "about our units and people: whose work an opening counts as"
        )
    register_kind(events.OpeningCredited, _("The opening was credited"), icon="swap")
    register_kind(
        events.OpeningDisputed, _("The credit for the opening is disputed"), icon="alert"
    )
    register_kind(
        events.OpeningDisputeAnswered,
        _("The dispute about the opening was answered"),
        icon="check",
    )


def _shared_with(role: Role, path: str) -> scope.Policy:
    """Credits in which a unit of the role has a share."""

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        shares = OpeningShare.objects.filter(unit__in=known_units(user, role))
        return rows.filter(**{f"{path}__in": shares.values("credit")})

    return policy
