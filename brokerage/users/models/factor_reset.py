"""The wish to take somebody's second factors away."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from brokerage.users.models.user import User


class FactorReset(Referenced, FourEyed):
    """Asked for by one administrator, who has made sure of the person; a second one agrees."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="factor_resets", verbose_name=_("log-in")
    )
    reason = models.CharField(_("reason"), max_length=200)

    objects = FourEyedQuerySet["FactorReset"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("reset of second factors")
        verbose_name_plural = _("resets of second factors")
        constraints = [
            *FourEyed.Meta.constraints,
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(decision="pending"),
                name="one_reset_of_factors_waits_for_a_log_in",
            ),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return str(self.user)
