"""Where something was told to a customer: online, or at an outlet by a member of staff."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models import OrgUnit
from suitability.rules.insisting import Channel

CHANNELS = [(Channel.ONLINE, _("online")), (Channel.OUTLET, _("at an outlet"))]
WITH_PLACE_AND_PERSON = Q(channel=Channel.ONLINE, place=None, served_by=None) | Q(
    channel=Channel.OUTLET, place__isnull=False, served_by__isnull=False
)
"""The check constraint that each concrete model carries under a name of its own."""


class ToldSomewhere(models.Model):
    """Mixin: online the electronic trace is the evidence, at an outlet a double recording."""

    channel = models.CharField(
        _("channel"), max_length=8, choices=CHANNELS, default=Channel.ONLINE
    )
    place = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, related_name="+", verbose_name=_("outlet")
    )
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("served by"),
    )

    class Meta:
        abstract = True

    @property
    def is_at_outlet(self) -> bool:
        """Whether staff of an outlet told it."""
        return self.channel == Channel.OUTLET
