"""Legal holds: what a court or an investigation wants kept is not disposed of."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from brokerage.core.four_eyes import Decision, FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced


class LegalHoldQuerySet(FourEyedQuerySet["LegalHold"]):
    """Filters of holds."""

    def holding(self) -> LegalHoldQuerySet:
        """Holds that stop disposal: all but the rejected and the released.

        A hold works from the moment it is made; only lifting it needs two people first.
        """
        released = HoldRelease.objects.filter(hold=OuterRef("pk"), decision=Decision.APPROVED)
        return self.exclude(decision=Decision.REJECTED).exclude(Exists(released))


class LegalHold(Referenced, FourEyed):
    """Keeps one subject (a customer, an application) and all that hangs on it from disposal."""

    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_ref = models.UUIDField(_("subject"))
    reason = models.TextField(_("reason"))

    objects = LegalHoldQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_ref"])]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_ref}"


class HoldRelease(Referenced, FourEyed):
    """The wish to lift a hold; it ends the hold once a second person agrees."""

    hold = models.ForeignKey(
        LegalHold, models.PROTECT, related_name="releases", verbose_name=_("legal hold")
    )
    reason = models.TextField(_("reason"))

    objects = FourEyedQuerySet["HoldRelease"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("release of a legal hold")
        verbose_name_plural = _("releases of legal holds")
        ordering = ["-made_at", "-pk"]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return str(self.hold)
