"""How often a program may call: an agreed figure that a second person approved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet
from brokerage.core.clock import business_date
from brokerage.core.four_eyes import (
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from partners.models.clients import ApiClient

MOST = 10_000


class QuotaQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def in_force(self, day: date) -> Self:
        """Approved rows that hold on `day`, the one that counts first: the latest to begin."""
        return self.approved().on(day).order_by("-valid_from", "-pk")


class ClientQuota(Referenced, FourEyed, Dated):
    """So many calls a minute of one program from a day on, instead of the usual figure.

    Life: proposed with a reason → a second person approves or rejects it. The latest approved
    one that holds counts; afterwards the usual figure again (rule partners.calls).

    Not for: a brake in an emergency (`ApiClient.throttled_to`), which one person pulls at once.
    """

    api_client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="quotas", verbose_name=_("API client")
    )
    per_minute = models.PositiveIntegerField(_("calls a minute"))
    reason = models.CharField(_("reason"), max_length=200)

    objects: Any = QuotaQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("quota of an API client")
        verbose_name_plural = _("quotas of API clients")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(per_minute__gte=1, per_minute__lte=MOST),
                name="a_quota_is_a_number_of_calls",
                violation_error_message=_("Give a number from 1 to 10,000."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_quota_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.api_client} {self.per_minute}"

    def approving(self, at: datetime) -> None:
        """Raises FourEyesRefused when its last day has passed."""
        if self.valid_to is not None and self.valid_to <= business_date(at):
            raise FourEyesRefused(gettext("Its last day has passed."))
