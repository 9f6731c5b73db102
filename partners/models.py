"""Institutions, their API clients, and the links by which they send us customers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from allauth.idp.oidc.models import Client
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import EntryCode
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.states import TRANSITIONS, ApiScope, PartnerKind, PartnerStatus


class Partner(Referenced, Timestamped, Stateful):
    """An institution that works with us. Suspension acts at once on its clients and links.

    Not for: contracts, fees and statements, which come with tables of their own.
    """

    TRANSITIONS: ClassVar[StateTable] = TRANSITIONS

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=PartnerKind)
    status = models.CharField(
        _("status"), max_length=10, choices=PartnerStatus, default=PartnerStatus.ACTIVE
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        permissions = [("manage_clients", "Can make API clients and rotate their secrets")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PartnerStatus.values), name="a_partner_has_a_known_status"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if reads_english() else self.name_zh


class ApiClient(Referenced, Timestamped):
    """One program of a partner that calls our API. Its secrets rotate, it stays the same.

    The caller of the API is this object: `request.user` of every partner endpoint.
    """

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="clients", verbose_name=_("partner")
    )
    name = models.CharField(pgettext_lazy("organisation", "name"), max_length=60)
    scopes = ArrayField(
        models.CharField(max_length=40, choices=ApiScope), verbose_name=_("scopes"), default=list
    )
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        constraints = [
            models.UniqueConstraint(fields=["partner", "name"], name="one_client_of_each_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CredentialQuerySet(models.QuerySet["Credential"]):
    def living(self, at: datetime) -> Self:
        """Credentials that open the API at `at`: not retired, nobody above them suspended."""
        return self.filter(
            Q(retires_at=None) | Q(retires_at__gt=at),
            api_client__suspended_at=None,
            api_client__partner__status=PartnerStatus.ACTIVE,
        )


class Credential(models.Model):
    """One id and secret of a client: an OAuth client. Two may live at once, so that one can be
    replaced without an outage."""

    SLOTS = (1, 2)

    api_client = models.ForeignKey(ApiClient, models.PROTECT, related_name="credentials")
    oauth_client = models.OneToOneField(Client, models.CASCADE, related_name="credential")
    slot = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(_("made at"))
    retires_at = models.DateTimeField(_("retires at"), null=True, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = [
            models.UniqueConstraint(
                fields=["api_client", "slot"], name="a_client_has_two_secrets_at_most"
            ),
            models.CheckConstraint(condition=Q(slot__in=(1, 2)), name="a_secret_has_slot_1_or_2"),
            models.CheckConstraint(
                condition=Q(retires_at=None) | Q(retires_at__gte=F("made_at")),
                name="a_secret_retires_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.oauth_client_id


class EntryQuerySet(models.QuerySet["EntryLink"]):
    def living(self, at: datetime) -> Self:
        """Links that work at `at`: not expired, their partner active."""
        codes = EntryCode.objects.running(at)
        return self.filter(code__in=codes.values("pk"), partner__status=PartnerStatus.ACTIVE)


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
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_entry_link_for_each_partner_reference",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def expires_at(self) -> datetime:
        """The end of the code's period."""
        return self.code.ends_at


class RateWindow(models.Model):
    """How often a key called in its present window. Unlogged: losing it costs nothing."""

    key = models.CharField(max_length=120, primary_key=True)
    window = models.BigIntegerField()
    hits = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key
