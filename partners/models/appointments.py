"""Appointments: times that an institution books for a person who agreed to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.visits.models import Visit
from brokerage.core.models import Referenced, Timestamped
from partners.models.clients import ApiClient
from partners.models.institutions import Partner
from partners.models.leads import Lead


class Appointment(Referenced, Timestamped):
    """What an institution asked for in the name of a lead: a time at an outlet or service point.

    The visit itself is a row of the outlet's (branches) and lives on by its rules. This row keeps
    the proof that the person agreed, and what the institution itself asked for: its last time and
    whether it cancelled. Where the visit stands it learns only while the person lets us tell it.

    Not for: visits that customers book themselves.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="appointments", verbose_name=_("partner")
    )
    api_client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+", editable=False)
    partner_reference = models.CharField(_("partner's reference"), max_length=64)
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="appointments", verbose_name=_("lead")
    )
    visit = models.OneToOneField(
        Visit, models.PROTECT, related_name="appointment", verbose_name=_("visit")
    )
    asked_for = models.DateTimeField(pgettext_lazy("appointment", "time asked for"))
    consent_reference = models.CharField(_("proof of consent"), max_length=64)
    consent_sha256 = models.CharField(_("hash of the text agreed to"), max_length=64)
    consented_at = models.DateTimeField(pgettext_lazy("lead", "agreed at"))
    rule_version = models.CharField(_("version of the rule"), max_length=100, editable=False)
    cancelled_at = models.DateTimeField(
        pgettext_lazy("appointment", "cancelled by the institution at"), null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("appointment by an institution")
        verbose_name_plural = _("appointments by institutions")
        indexes = [models.Index(fields=["partner", "-id"], name="appointments_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_appointment_for_each_partner_reference",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(cancelled_at__gte=models.F("created_at")),
                name="an_appointment_is_cancelled_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.partner_reference

    def lies_ahead(self, at: datetime) -> bool:
        """Whether, as far as the institution knows, the person is expected."""
        return self.cancelled_at is None and self.asked_for > at
