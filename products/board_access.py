"""Who sees the board of cross-selling, and who sets its goals."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from branches.access import in_units_of
from brokerage.backoffice import four_eyes, navigation
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.journal.timeline import register_kind
from products import goal_events as events
from products.use_cases.setting_goals import goal_approved

SEE, SET = "products.view_goal", "products.add_goal"
READERS = sorted(roles.READERS)


def declare() -> None:
    """A manager sees the outlets below; an adviser the own outlet, and of its people oneself."""
    scope.register_readers("products.Goal", Role.HEAD_OFFICE, *READERS)
    scope.register("products.Goal", Role.BRANCH_MANAGER, in_units_of(Role.BRANCH_MANAGER, "unit"))
    scope.register("products.Goal", Role.ADVISER, of_an_adviser)
    for role in (Role.BRANCH_MANAGER, Role.ADVISER, Role.HEAD_OFFICE, *READERS):
        roles.allow(role, SEE)
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, SET, "products.change_goal")
    four_eyes.on_approval("products.Goal", goal_approved)
    navigation.items.register(
        "products.board",
        navigation.Item(
            section="products",
            label=_("Board of cross-selling"),
            icon="chart",
            url_name="admin:products_board",
            shown=lambda request: roles.may(request.user, SEE),
            order=70,
        ),
    )
    register_kind(events.GoalProposed, _("Goal proposed"), icon="list")
    register_kind(events.GoalAgreed, _("Goal agreed"), icon="check")


def of_an_adviser(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Goals of the own outlets, and of people the own ones alone."""
    mine = in_units_of(Role.ADVISER, "unit")(rows, user)
    return mine.filter(Q(person_ref=None) | Q(person_ref=user.ref))


def sees_colleagues(user: Any) -> bool:
    """Whether somebody sees what each person brought, and not only they themselves."""
    return roles.may(user, SET) or not roles.roles_of(user).isdisjoint(roles.READERS)
