"""Links by which an institution's customers come."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models import EntryCode
from brokerage.core.models import Referenced, Timestamped
from partners.models.clients import ApiClient
from partners.models.institutions import Partner


class EntryQuerySet(models.QuerySet["EntryLink"]):
    def living(self, at: datetime) -> Self:
        """Links that work at `at`: not expired, their partner working with us."""
        codes = EntryCode.objects.running(at)
        partners = Partner.objects.working(at)
        return self.filter(code__in=codes.values("pk"), partner__in=partners.values("pk"))


class EntryLink(Referenced, Timestamped):
    """What only a partner's entry code has: the client that made it and the partner's own name.

    Its ref is that of the code, which holds place and period: /open/?entry=<ref>.

    A suspended partner's links die at once; applications begun by them go on as our own.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="entry_links", verbose_name=_("partner")
    )
    api_client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+")
    partner_reference = models.CharField(_("partner's reference"), max_length=64)
    code = models.OneToOneField(
        EntryCode, models.PROTECT, related_name="entry_link", verbose_name=_("entry code")
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry link")
        verbose_name_plural = _("entry links")
        indexes = [models.Index(fields=["partner", "-id"], name="entry_links_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_entry_link_for_each_partner_reference",
            ),
        ]

    @property
    def expires_at(self) -> datetime:
        """The end of the code's period."""
        return self.code.ends_at
