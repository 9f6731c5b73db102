"""Campaigns: a code of an institution that is bound to a place, perhaps a person, and a period."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import EntryCode, OrgUnit, StaffAssignment
from brokerage.core.clock import business_date
from brokerage.core.models import Referenced, Timestamped
from partners.models.clients import ApiClient
from partners.models.institutions import Partner


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def living(self, at: datetime) -> Self:
        """Campaigns whose code leads somewhere: running, partner, place and person still right."""
        day = business_date(at)
        codes = EntryCode.objects.running(at)
        works_there = StaffAssignment.objects.on(day).filter(
            user=OuterRef("person"), unit=OuterRef("unit"), user__is_active=True
        )
        return self.filter(
            Q(unit__closed_on=None) | Q(unit__closed_on__gt=day),
            Q(person=None) | Exists(works_there),
            code__in=codes.values("pk"),
            partner__in=Partner.objects.working(at).values("pk"),
        )


class Campaign(Referenced, Timestamped):
    """One campaign of an institution and its code; its ref is that of the code.

    Place, person and period never change, so that a code is lent to nobody. The institution
    gets counts of its campaign, never a fact about one customer.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="campaigns", verbose_name=_("partner")
    )
    api_client = models.ForeignKey(
        ApiClient, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    partner_reference = models.CharField(_("partner's reference"), max_length=64)
    name = models.CharField(pgettext_lazy("campaign", "name"), max_length=60)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person at the outlet"),
    )
    code = models.OneToOneField(
        EntryCode, models.PROTECT, related_name="campaign", verbose_name=_("entry code")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        triggers = [
            pgtrigger.ReadOnly(
                name="a_campaign_is_lent_to_nobody", fields=["partner", "unit", "person", "code"]
            )
        ]
        indexes = [models.Index(fields=["partner", "-id"], name="campaigns_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_campaign_for_each_partner_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.name
