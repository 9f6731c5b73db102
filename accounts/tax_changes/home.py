"""What the desk's home shows of later tax declarations: those that somebody has to look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import TaxDeclaration
from accounts.tax_changes.states import DeclarationStatus
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope

LIMIT = 50
REVIEWS, DECIDES = "accounts.review_application", "accounts.decide_application"


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Declarations that this person can act on."""
    for row in _to_decide(user)[:LIMIT]:
        first = row.status == DeclarationStatus.SIGNED
        yield Task(
            title=_("Tax declaration to look at") if first else _("Tax declaration to decide on"),
            detail=str(row.application),
            url=reverse("admin:accounts_taxdeclaration_change", args=[row.ref]),
            action=_("Look"),
            started_at=row.signed_at,
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    return [_to_decide(user)]


def _to_decide(user: Any) -> QuerySet[TaxDeclaration]:
    rows = scope.visible(TaxDeclaration, user).select_related("application")
    turn = Q(pk__in=[])
    if roles.may(user, REVIEWS):
        turn |= Q(status=DeclarationStatus.SIGNED)
    if roles.may(user, DECIDES):
        turn |= Q(status=DeclarationStatus.PROPOSED) & ~Q(proposed_by=user)
    return rows.filter(turn).order_by("signed_at", "pk")
