"""Opening hours: of each weekday, dated, and of single days.

Times are of Shanghai. An interval ends on the day on which it began; two of one day share no
minute. The calendar closes units on holidays (selectors.hours), an exception opens them.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from branches.states import Weekday
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped

DAY = 24 * 60 * 60
OVER_MIDNIGHT = _("Closes before it opens. Hours over midnight are entered as two days.")
OVERLAP = _("These hours overlap others of the same day.")


class Seconds(Func):
    """A time of day in seconds; null stays null."""

    template = "extract(epoch from %(expressions)s)::int"
    output_field = models.IntegerField()


def interval() -> Func:
    """From opening until closing as a range of seconds; the whole day where both are null."""
    return Func(
        Coalesce(Seconds(F("opens")), Value(0)),
        Coalesce(Seconds(F("closes")), Value(DAY)),
        function="int4range",
        output_field=IntegerRangeField(),
    )


class OpeningHours(Referenced, Timestamped, Dated):
    """One interval of one weekday, from one day on. A unit may have several a day."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="hours", verbose_name=_("unit"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="a_week_has_seven_days"
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="hours_do_not_run_over_midnight",
                violation_error_message=OVER_MIDNIGHT,
            ),
            ExclusionConstraint(
                name="hours_of_a_weekday_do_not_overlap",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (F("weekday"), RangeOperators.EQUAL),
                    (interval(), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=OVERLAP,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self) -> None:
        _refuse_over_midnight(self)


class HoursException(Referenced, Timestamped):
    """Other hours on one day, or closed. Rows of a day replace its weekday and its holiday."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="hours_exceptions", verbose_name=_("unit")
    )
    day = models.DateField(_("day"))
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed."))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    note_zh = models.CharField(_("note, Chinese"), max_length=80, blank=True)
    note_en = models.CharField(_("note, English"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("day with other hours")
        verbose_name_plural = _("days with other hours")
        indexes = [models.Index(fields=["day", "unit"], name="exceptions_of_a_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | Q(opens__isnull=False, closes__isnull=False, closes__gt=F("opens")),
                name="exceptions_do_not_run_over_midnight",
                violation_error_message=OVER_MIDNIGHT,
            ),
            ExclusionConstraint(
                name="exceptions_of_a_day_do_not_overlap",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (F("day"), RangeOperators.EQUAL),
                    (interval(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=OVERLAP,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    def clean(self) -> None:
        if (self.opens is None) != (self.closes is None):
            raise ValidationError({"closes": _("Give both times, or neither for a closed day.")})
        _refuse_over_midnight(self)

    @property
    def note(self) -> str:
        """Why, in the language of the reader."""
        english = reads_english()
        return (english and self.note_en) or self.note_zh


def _refuse_over_midnight(row: OpeningHours | HoursException) -> None:
    """The constraint's message beside its field."""
    if row.opens and row.closes and row.closes <= row.opens:
        raise ValidationError({"closes": OVER_MIDNIGHT})
