"""How long a step took: the measure behind "about 2 minutes". Nothing personal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.states import Step
from brokerage.core.saving import KeptStatements


class StepTiming(KeptStatements):
    """One finished step. Without customer or application: it only feeds medians."""

    step = models.CharField(_("step"), max_length=12, choices=Step)
    seconds = models.PositiveIntegerField(_("seconds"))
    typed = models.PositiveSmallIntegerField(_("fields typed"))
    assisted = models.BooleanField(_("by staff"), default=False)
    on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("time of a step")
        verbose_name_plural = _("times of steps")
        indexes = [models.Index(fields=["on", "step"])]

    def __str__(self) -> str:
        return f"{self.step} {self.seconds} s"


class StepMedian(models.Model):
    """What the job computed from the timings of the last weeks.

    `error` is the mean distance of a real time from the median, in seconds: how far off the
    promise "about two minutes" is. It is shown to staff.
    """

    step = models.CharField(_("step"), max_length=12, choices=Step, unique=True)
    seconds = models.PositiveIntegerField(_("median"), help_text=_("Seconds."))
    error = models.PositiveIntegerField(_("mean error"), help_text=_("Seconds."))
    sample = models.PositiveIntegerField(_("measured"))
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("median time of a step")
        verbose_name_plural = _("median times of steps")

    def __str__(self) -> str:
        return f"{self.step} {self.seconds} s"


class StepForecast(models.Model):
    """What pages promised for a step on one day, and how long it took on it.

    Measured against the median that stood before the day began, so no time judges itself.
    """

    step = models.CharField(_("step"), max_length=12, choices=Step)
    on = models.DateField(_("day"))
    promised = models.PositiveIntegerField(_("promised"), help_text=_("Seconds."))
    measured = models.PositiveIntegerField(_("measured median"), help_text=_("Seconds."))
    error = models.PositiveIntegerField(_("mean error"), help_text=_("Seconds."))
    sample = models.PositiveIntegerField(_("measured"))

    class Meta:
        verbose_name = _("promised and measured time of a step")
        verbose_name_plural = _("promised and measured times of steps")
        constraints = [
            models.UniqueConstraint(fields=["on", "step"], name="one_forecast_of_a_step_and_day"),
            models.CheckConstraint(
                condition=models.Q(sample__gte=1), name="a_forecast_was_measured"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.on}"
