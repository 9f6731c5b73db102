"""What the import desk keeps of a trading day: what was asked, what waits, and days given up."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from brokerage.core.four_eyes import (
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from holdings.models.files import CounterFile
from holdings.states import VALUED


class CounterDay(Referenced):
    """One trading day of the counter, made when it is first asked for, measured or compared.

    `written` counts how often its snapshots were written, `measured` how many of these the
    averages and tiers of everybody know: they differ while a measurement is still to be done,
    also after a worker was killed before it. `asked_at` stands while somebody of the desk waits
    for the files. `differing` counts the holdings whose units do not follow from the day before
    and the trades, as they were `compared_at`, `moved` the accounts into or out of which money
    went without a trade; null where nothing was there to compare with.
    """

    day = models.DateField(_("day"), unique=True)
    asked_at = models.DateTimeField(_("asked for at"), null=True, blank=True)
    written = models.PositiveIntegerField(default=0, editable=False)
    measured = models.PositiveIntegerField(default=0, editable=False)
    differing = models.PositiveIntegerField(null=True, editable=False)
    compared_at = models.DateTimeField(null=True, editable=False)
    moved = models.PositiveIntegerField(null=True, editable=False)
    money_compared_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager[CounterDay]] = models.Manager()

    class Meta:
        verbose_name = _("day of the trading counter")
        verbose_name_plural = _("days of the trading counter")
        constraints = [
            models.CheckConstraint(
                condition=Q(measured__lte=F("written")),
                name="a_day_is_measured_after_it_is_written",
            ),
            models.CheckConstraint(
                condition=Q(differing__isnull=True) ^ Q(compared_at__isnull=False),
                name="what_differs_was_compared",
            ),
            models.CheckConstraint(
                condition=Q(moved__isnull=True) ^ Q(money_compared_at__isnull=False),
                name="money_that_moved_was_compared",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class WaivedDay(Referenced, FourEyed):
    """The word of two people that the files of a trading day will never come.

    Averages, tiers and permissions then leave the day out and reach one day further back, instead
    of holding a nothing for as long as their window is. Should the files come after all, the day
    counts again.
    """

    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=300)

    objects = FourEyedQuerySet["WaivedDay"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("day given up")
        verbose_name_plural = _("days given up")
        ordering = ["-day", "-pk"]
        constraints = [
            *FourEyed.Meta.constraints,
            models.UniqueConstraint(
                fields=["day"],
                condition=~Q(decision="rejected"),
                name="a_day_is_given_up_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_day_given_up_says_why"),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return f"{self.day}"

    def approving(self, at: datetime) -> None:
        """Nobody gives up a day whose files are all there."""
        taken = CounterFile.objects.taken().filter(day=self.day, kind__in=VALUED)
        if taken.count() == len(VALUED):
            raise FourEyesRefused(gettext("The files of this day have come."))


def valued_files(day: str) -> Coalesce:
    """How many of the files that make a day's snapshots were taken.

    Args:
        day: the column of the outer query that holds the day.
    """
    files = CounterFile.objects.taken().filter(kind__in=VALUED, day=OuterRef(day))
    return Coalesce(
        Subquery(files.order_by().values("day").annotate(n=Count("pk")).values("n")), 0
    )
