"""Leads: people whom an institution recommends to us, with proof that they agreed to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import EntryCode, OrgUnit
from brokerage.core import masking
from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.clients import ApiClient
from partners.models.institutions import Partner
from partners.states import LEAD_TRANSITIONS, OPEN_LEADS, WAITING_LEADS, LeadEnd, LeadStatus

PHONE = "partners.lead_phone"


class LeadQuerySet(models.QuerySet["Lead"]):
    def open(self) -> Self:
        """Leads that somebody of ours still follows."""
        return self.filter(status__in=OPEN_LEADS)

    def waiting(self) -> Self:
        """Open leads whose person has not begun an application."""
        return self.filter(status__in=WAITING_LEADS)

    def with_phone(self, phone: str) -> Self:
        """Leads with exactly this number (E.164)."""
        return self.filter(phone_hash__in=accepted_hashes(phone, purpose=PHONE))

    def living(self, at: datetime) -> Self:
        """Leads whose hand-over link works at `at`."""
        codes = EntryCode.objects.running(at)
        partners = Partner.objects.working(at)
        return self.filter(code__in=codes.values("pk"), partner__in=partners.values("pk"))


class Lead(Referenced, Timestamped, Stateful):
    """One person whom an institution recommends; at most one row of a person waits to begin.

    Life: received → contacted by us → the person begins an application by the hand-over link →
    won when it is approved; or closed by us, or lapsed when the protection ran out unused. Its
    ref is that of the code behind the hand-over link.

    The institution learns the stage only while the customer's own consent to that stands: it
    hangs on the application (accounts: `Application.sharing_consent`). `first_touch` says
    whether no other institution had a protected lead of this person; nobody outside learns it.
    """

    TRANSITIONS: ClassVar[StateTable] = LEAD_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="leads", verbose_name=_("partner")
    )
    api_client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+", editable=False)
    partner_reference = models.CharField(_("partner's reference"), max_length=64)
    name = EncryptedTextField(_("name"))
    phone = EncryptedTextField(_("phone number"))
    phone_hash = models.CharField(max_length=64, editable=False, db_index=True)
    consent_reference = models.CharField(_("proof of consent"), max_length=64)
    consent_sha256 = models.CharField(_("hash of the text agreed to"), max_length=64)
    consented_at = models.DateTimeField(pgettext_lazy("lead", "agreed at"))
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("outlet")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=LeadStatus, default=LeadStatus.RECEIVED
    )
    stage_since = models.DateTimeField(_("in this stage since"))
    first_touch = models.BooleanField(_("first to name this person"))
    protected_until = models.DateTimeField(_("protected until"))
    rule_version = models.CharField(_("version of the rule"), max_length=100, editable=False)
    code = models.OneToOneField(
        EntryCode, models.PROTECT, related_name="lead", verbose_name=_("entry code")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(
        pgettext_lazy("lead", "why it ended"), max_length=16, choices=LeadEnd, blank=True
    )

    objects: Any = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        permissions = [("follow_lead", "Can contact and close leads")]
        indexes = [models.Index(fields=["partner", "-id"], name="leads_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_lead_for_each_partner_reference",
            ),
            models.UniqueConstraint(
                fields=["partner", "phone_hash"],
                condition=Q(status__in=WAITING_LEADS),
                name="one_waiting_lead_of_a_person_for_each_partner",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LeadStatus.values), name="a_lead_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_LEADS, ended_at=None)
                | (~Q(status__in=OPEN_LEADS) & Q(ended_at__isnull=False)),
                name="a_lead_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status=LeadStatus.CLOSED) ^ Q(end_reason=""),
                name="a_closed_lead_says_why",
            ),
        ]

    @property
    def shown(self) -> str:
        """The masked name, as a list shows it."""
        return masking.name(self.name)

    def set_phone(self, phone: str) -> None:
        """Set the number (E.164) and its hash in memory."""
        self.phone = phone
        self.phone_hash = keyed_hash(phone, purpose=PHONE)

    def step(self, status: str, at: datetime) -> None:
        """Move in memory; notes when."""
        self.move_to(status)
        self.stage_since = at
        if status not in OPEN_LEADS:
            self.ended_at = at
