"""How often second looks disagree, by who decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import BlindReview


@dataclass(frozen=True)
class Rate:
    """Second looks of one kind of decision.

    Attributes:
        label: who decided.
        looks: how many were answered.
        disagree: how many of them came to another verdict.
    """

    label: str
    looks: int
    disagree: int

    @property
    def percent(self) -> float | None:
        """Share of disagreement in per cent; None without any look."""
        return round(100 * self.disagree / self.looks, 1) if self.looks else None


def disagreement(*, since: datetime) -> list[Rate]:
    """Rates of the second looks answered since an instant: by rule, and by people."""
    rows = (
        BlindReview.objects.filter(answered_at__gte=since)
        .values("by_rule")
        .annotate(looks=Count("pk"), disagree=Count("pk", filter=Q(agrees=False)))
    )
    found = {row["by_rule"]: (row["looks"], row["disagree"]) for row in rows}
    labels = {True: _("Passed by rule"), False: _("Decided by people")}
    return [Rate(label, *found.get(key, (0, 0))) for key, label in labels.items()]
