"""Who sees and does what with mandates: the wall of a desk keeps even head office out.

The wall stands around the mandates of `mandate_states.WALLED`. Behind it are the lead and whom
compliance let in; compliance and the auditors read everything, for they keep the wall. Mandates
of the other desks are seen by head office and by the branch company that sells. The outlet that
referred sees its referral: who has it, until when, and how it ended.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from branches.selectors import units_of
from branches.use_cases.departures import left_behind
from brokerage.backoffice import four_eyes
from brokerage.backoffice.tasks import register_source
from brokerage.core import clock, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.timeline import register_kind
from products import mandate_events as events
from products import mandates_desk
from products.mandate_states import WALLED, PaperKind, Stage
from products.models import Mandate
from products.selectors.mandates import OPEN_DESK, known_to
from products.states import ReferralStatus
from products.use_cases.crossing_walls import crossing_approved

NAMES = ("Mandate", "MandatePaper", "Crossing")
KEEPERS = sorted(roles.READERS)


def declare() -> None:
    """Called once when the app is ready."""
    for name in NAMES:
        label = f"products.{name}"
        scope.register_readers(label, *KEEPERS)
        for role in (Role.HEAD_OFFICE, *KEEPERS):
            roles.allow(role, f"products.view_{name.lower()}")
    scope.register("products.Mandate", Role.HEAD_OFFICE, of_head_office)
    scope.register("products.Mandate", Role.BRANCH_MANAGER, of_the_company)
    for name in ("MandatePaper", "Crossing"):
        scope.register(f"products.{name}", Role.HEAD_OFFICE, _of_mandates(of_head_office))
    by_company = _of_mandates(of_the_company)
    scope.register("products.MandatePaper", Role.BRANCH_MANAGER, by_company)
    roles.allow(Role.BRANCH_MANAGER, "products.view_mandate", "products.view_mandatepaper")
    roles.allow(Role.HEAD_OFFICE, "products.follow_mandate", "products.review_mandate")
    roles.allow(Role.HEAD_OFFICE, "products.add_mandatepaper", "products.add_crossing")
    roles.allow(Role.COMPLIANCE, "products.change_crossing")
    four_eyes.on_approval("products.Crossing", crossing_approved)
    left_behind.register("products.mandates", mandates_desk.led_by)
    register_source(
        "products.mandates", _("Mandates"), mandates_desk.mandates, mandates_desk.probe_mandates
    )
    register_source(
        "products.mandate_reviews",
        _("Mandates to review"),
        mandates_desk.reviews,
        mandates_desk.probe_reviews,
    )
    _label_events()


def of_head_office(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Mandates of desks without a wall, and those that this person leads or was let in to."""
    return rows.filter(OPEN_DESK | Q(pk__in=known_to(user.ref).values("pk")))


def of_the_company(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of the manager's branch companies, and behind a wall those they were let in to."""
    units = units_of(user, clock.today(), roles=[Role.BRANCH_MANAGER]).values("pk")
    mine = OPEN_DESK & Q(company__in=units)
    return rows.filter(mine | Q(pk__in=known_to(user.ref).values("pk")))


def referrals_of_head_office(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """All referrals, but those whose mandate is under way behind a wall that keeps one out."""
    behind = Q(status=ReferralStatus.MANDATED, desk__in=[each.value for each in WALLED])
    return rows.filter(~behind | Q(pk__in=known_to(user.ref).values("referral")))


def _of_mandates(policy: scope.Policy) -> scope.Policy:
    """A policy: rows of the mandates that `policy` shows."""

    def of_visible(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return rows.filter(mandate__in=policy(Mandate.objects.all(), user).values("pk"))

    return of_visible


def _label_events() -> None:
    labels = (
        (events.MandateOpened, _("Mandate opened"), "plus"),
        (events.MandatePlanned, _("Next step and figures set"), "edit"),
        (events.MandateHandedOn, _("Somebody else leads it"), "swap"),
        (events.CrossingAsked, _("Asked to let somebody behind the wall"), "list"),
        (events.CrossingCleared, _("Somebody was let behind the wall"), "key"),
        (events.CrossingEnded, _("Somebody is outside the wall again"), "x"),
    )
    for event, label, icon in labels:
        register_kind(event, label, icon=icon)
    register_kind(
        events.MandateMoved, _("Mandate: {status}"), icon="next", words={"status": Stage}
    )
    register_kind(
        events.MandatePaperAdded,
        _("Paper added: {paper}"),
        icon="file",
        words={"paper": PaperKind},
    )
