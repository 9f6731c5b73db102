"""What an institution is told, as one list without gaps."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from partners.models.institutions import Partner
from partners.states import EventKind


class PartnerEvent(Referenced):
    """Something changed that an institution may read: which object, which version. Only added.

    Thin on purpose: nothing of the object stands here, so an event that is read late tells
    nothing that a withdrawn consent has closed meanwhile. `number` counts up without gaps for
    each institution, in the order in which the changes were committed.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="events", verbose_name=_("partner")
    )
    number = models.PositiveBigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=40, choices=EventKind)
    object_ref = models.UUIDField(_("object"))
    object_version = models.PositiveIntegerField(_("version"))
    occurred_at = models.DateTimeField(_("occurred at"))

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("partner event")
        verbose_name_plural = _("partner events")
        triggers = [pgtrigger.Protect(name="partner_events_stay", operation=pgtrigger.Update)]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "number"], name="a_partners_events_count_up"
            ),
            models.UniqueConstraint(
                fields=["partner", "kind", "object_ref", "object_version"],
                name="a_partner_is_told_once_of_each_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
