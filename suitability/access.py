"""Who sees and does what here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import home_cards, retention, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.timeline import register_kind
from suitability import events, files, home, own_data
from suitability.retention import POLICIES


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register("suitability.Assessment", Role.CUSTOMER, _own)
    scope.register_readers("suitability.Assessment", *sorted(roles.READERS))
    scope.register_readers("suitability.Questionnaire", Role.HEAD_OFFICE, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, "suitability.view_assessment", "suitability.view_questionnaire")
    roles.allow(Role.HEAD_OFFICE, "suitability.view_questionnaire")
    own_data.register()
    files.register()
    home_cards.sources.register("suitability.renew", home.cards)
    for policy in POLICIES:
        retention.register(policy)
    _label_events()


def _own(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    return rows.filter(customer__user=user)


def _label_events() -> None:
    register_kind(
        events.AssessmentStarted, _("You opened the risk assessment"), icon="doc", public=True
    )
    register_kind(
        events.AssessmentSubmitted,
        _("You finished the risk assessment"),
        icon="check",
        public=True,
    )
    register_kind(events.ClassConfirmed, _("You confirmed the result"), icon="check", public=True)
