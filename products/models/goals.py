"""Goals of cross-selling: what an outlet, or one of its advisers, wants to bring in a quarter."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core.four_eyes import Decision, FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from products.states import Measure


class Goal(Referenced, FourEyed):
    """One goal of an outlet or a person for one quarter, agreed by a second person.

    Only what an outlet does itself is measured: bringing referrals that are worth a proposal.
    Amounts sold are no goal (domain handbook 1.5: nothing rewards unsuitable sales). A changed
    goal is another row; the one that was agreed last counts.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("goal", "outlet")
    )
    person_ref = models.UUIDField(pgettext_lazy("goal", "adviser"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    measure = models.CharField(
        pgettext_lazy("goal", "what is counted"), max_length=9, choices=Measure.choices
    )
    target = models.PositiveIntegerField(pgettext_lazy("goal", "goal"))

    objects: ClassVar[Any] = FourEyedQuerySet["Goal"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = pgettext_lazy("cross-selling", "goal")
        verbose_name_plural = _("goals of cross-selling")
        indexes = [models.Index(fields=["unit", "year", "quarter"], name="goals_of_a_unit")]
        constraints = [
            *FourEyed.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "year", "quarter", "measure"],
                condition=Q(decision=Decision.PENDING, person_ref=None),
                name="one_goal_of_an_outlet_waits",
                violation_error_message=_("Somebody has proposed this already."),
            ),
            models.UniqueConstraint(
                fields=["unit", "person_ref", "year", "quarter", "measure"],
                condition=Q(decision=Decision.PENDING, person_ref__isnull=False),
                name="one_goal_of_a_person_waits",
                violation_error_message=_("Somebody has proposed this already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    year__range=(2000, 2100),
                    quarter__range=(1, 4),
                    target__range=(1, 100_000),
                    measure__in=Measure.values,
                ),
                name="a_goal_is_a_number_for_a_quarter",
                violation_error_message=_("A goal is at least one and at most 100,000."),
            ),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}Q{self.quarter}"
