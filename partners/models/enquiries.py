"""Enquiries: an institution introduces itself to one of our desks, and hears how it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.clients import ApiClient
from partners.models.institutions import Partner
from partners.states import ENQUIRY_ENDS, ENQUIRY_TRANSITIONS, EnquiryStatus
from products.states import Desk


class Enquiry(Referenced, Timestamped, Stateful):
    """What an institution needs for itself: a bond, a mandate, custody; and whom to talk to.

    Life: received → taken up by one of our people → a desk goes on with it, or declined; both
    with an answer that the institution reads. It is answered by `due_on`. What goes on at a desk
    waits there until one of its people takes it, who then talks to the contact.

    Not for: people whom an institution recommends (`Lead`), and the mandate itself (products),
    which stands behind a wall and of which nobody outside hears here.
    """

    TRANSITIONS: ClassVar[StateTable] = ENQUIRY_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="enquiries", verbose_name=_("partner")
    )
    api_client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+", editable=False)
    partner_reference = models.CharField(_("partner's reference"), max_length=64)
    desk = models.CharField(pgettext_lazy("enquiry", "desk"), max_length=8, choices=Desk.choices)
    need = EncryptedTextField(pgettext_lazy("enquiry", "what it needs"))
    contact_name = EncryptedTextField(pgettext_lazy("enquiry", "whom to talk to"))
    contact_phone = EncryptedTextField(_("phone number"), null=True, blank=True)
    contact_email = EncryptedTextField(_("e-mail"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=EnquiryStatus, default=EnquiryStatus.RECEIVED
    )
    stage_since = models.DateTimeField(_("in this stage since"))
    due_on = models.DateField(_("answer due on"))
    rule_version = models.CharField(_("version of the rule"), max_length=100, editable=False)
    answer = EncryptedTextField(_("our answer"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    handled_by_ref = models.UUIDField(
        pgettext_lazy("enquiry", "handled by"), null=True, blank=True, editable=False
    )
    desk_by_ref = models.UUIDField(
        pgettext_lazy("enquiry", "taken at the desk by"), null=True, blank=True, editable=False
    )
    desk_at = models.DateTimeField(
        pgettext_lazy("enquiry", "taken at the desk at"), null=True, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("enquiry of an institution")
        verbose_name_plural = _("enquiries of institutions")
        permissions = [
            ("follow_enquiry", "Can take up and answer enquiries of institutions"),
            ("take_enquiry", "Can go on at the desk with enquiries of institutions"),
        ]
        indexes = [models.Index(fields=["partner", "-id"], name="enquiries_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_enquiry_for_each_partner_reference",
            ),
            models.CheckConstraint(
                condition=Q(status__in=EnquiryStatus.values, desk__in=Desk.values),
                name="an_enquiry_has_a_known_status_and_desk",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENQUIRY_ENDS, answer__isnull=False, ended_at__isnull=False)
                | (~Q(status__in=ENQUIRY_ENDS) & Q(answer__isnull=True, ended_at=None)),
                name="an_enquiry_that_ended_has_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(status=EnquiryStatus.RECEIVED, handled_by_ref=None)
                | (~Q(status=EnquiryStatus.RECEIVED) & Q(handled_by_ref__isnull=False)),
                name="an_enquiry_that_moved_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(desk_by_ref=None, desk_at=None)
                | Q(
                    status=EnquiryStatus.AT_DESK, desk_by_ref__isnull=False, desk_at__isnull=False
                ),
                name="an_enquiry_is_taken_at_the_desk_it_was_handed_to",
            ),
            models.CheckConstraint(
                condition=Q(contact_phone__isnull=False) | Q(contact_email__isnull=False),
                name="an_enquiry_says_how_to_reach_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.partner_reference

    @property
    def shown(self) -> str:
        """The masked name of the contact, as a list shows it."""
        return masking.name(self.contact_name)

    @property
    def waits_at_desk(self) -> bool:
        """Whether it was handed to a desk and nobody there has taken it."""
        return self.status == EnquiryStatus.AT_DESK and self.desk_by_ref is None

    def step(self, status: str, at: datetime) -> None:
        """Move in memory; notes when."""
        self.move_to(status)
        self.stage_since = at
        self.version += 1
