"""What can be graded, and its grades as dated, four-eyed rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from brokerage.core import clock
from brokerage.core.display.languages import reads_english
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.locking import lock_row
from brokerage.core.models import Referenced, Timestamped
from suitability.labels import CATEGORIES, TYPES
from suitability.rules.grades import Grade

CODE = RegexValidator(r"\A[A-Z0-9][A-Z0-9.-]*\Z", _("Capital letters, digits, dots and dashes."))


class ItemKind(models.TextChoices):
    """What is graded."""

    PRODUCT = "product", _("product")
    SERVICE = "service", _("service")
    PERMISSION = "permission", _("trading permission")


class GradeChoice(models.TextChoices):
    """The grades of risk as the rules name them."""

    R1 = Grade.R1.value, _("R1 low")
    R2 = Grade.R2.value, _("R2 medium to low")
    R3 = Grade.R3.value, _("R3 medium")
    R4 = Grade.R4.value, _("R4 medium to high")
    R5 = Grade.R5.value, _("R5 high")


class GradedItem(Referenced, Timestamped):
    """Something that can be graded and matched. It knows no product: higher apps point here.

    `requirements` are entry requirements by key; whether a customer meets one, the caller of
    matching proves. Without a grade in force an item is not for sale.
    """

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    kind = models.CharField(pgettext_lazy("graded item", "kind"), max_length=10, choices=ItemKind)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    type = models.CharField(
        pgettext_lazy("graded item", "type"), max_length=12, choices=list(TYPES.items())
    )
    months = models.PositiveSmallIntegerField(
        _("months that money is bound at most"),
        default=0,
        help_text=_("0 where it can be sold any day."),
    )
    requirements = models.JSONField(_("entry requirements"), default=list, blank=True)

    class Meta:
        verbose_name = _("graded item")
        verbose_name_plural = _("graded items")
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=list(TYPES)), name="an_item_has_a_known_type"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if reads_english() else self.name_zh

    def name_in(self, language: str) -> str:
        """The name in a language; Chinese for all but English."""
        return self.name_en if language == "en" else self.name_zh


class ItemGradeQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def in_force(self, day: date) -> Self:
        """The approved grades of the business date `day`, at most one an item."""
        return self.approved().on(day)


class ItemGrade(Referenced, FourEyed, Dated):
    """The grade of an item from one day until the day before another.

    Life: proposed by one person → approved or rejected by another; approving closes the grade
    before it. `floor` is what the self-regulatory catalogue asks and `least` the strictest of
    factors and floor: the firm may grade higher and never lower.
    """

    item = models.ForeignKey(
        GradedItem, models.PROTECT, related_name="grades", verbose_name=_("item")
    )
    grade = models.CharField(_("grade"), max_length=2, choices=GradeChoice)
    least = models.CharField(_("at least"), max_length=2, choices=GradeChoice, editable=False)
    floor = models.CharField(
        _("floor of the catalogue"), max_length=2, choices=GradeChoice, editable=False
    )
    category = models.CharField(
        _("category"), max_length=40, choices=list(CATEGORIES.items()), help_text=_("Of the list.")
    )
    inputs = models.TextField(_("factors"), editable=False)
    reasons = models.TextField(_("reasons"), editable=False)
    rule_version = models.CharField(_("version of the rules"), max_length=100, editable=False)
    change_reason = models.CharField(_("why"), max_length=300)

    objects: ClassVar[Any] = ItemGradeQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        indexes = [models.Index(fields=["item", "valid_from"], name="grades_of_an_item")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    grade__in=GradeChoice.values,
                    least__in=GradeChoice.values,
                    floor__in=GradeChoice.values,
                    grade__gte=F("least"),
                    least__gte=F("floor"),
                ),
                name="a_grade_is_never_below_its_floor",
                violation_error_message=_("A grade cannot lie below its factors and its floor."),
            ),
            models.CheckConstraint(condition=~Q(change_reason=""), name="a_grade_says_why"),
            ExclusionConstraint(
                name="one_grade_of_an_item_at_a_time",
                expressions=[
                    ("item", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("Another approved grade covers some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.grade}"

    def approving(self, at: datetime) -> None:
        """Close the grade before this one.

        Raises:
            FourEyesRefused: when it would reach into days that decisions already rest on.
        """
        lock_row(GradedItem, self.item_id)
        rows = type(self).objects.approved().overlapping(self.valid_from, self.valid_to)
        met = list(rows.filter(item=self.item_id))
        if len(met) > 1 or any(row.valid_from >= self.valid_from for row in met):
            raise FourEyesRefused(gettext("Another approved grade covers some of these days."))
        if met and self.valid_from <= clock.business_date(at):
            raise FourEyesRefused(gettext("A grade in force can change from tomorrow on."))
        for row in met:
            row.valid_to = self.valid_from
            row.save(update_fields=["valid_to"])
