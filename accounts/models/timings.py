"""How long a step took: the measure behind "about 2 minutes". Nothing personal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.states import Step


class StepTiming(models.Model):
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
