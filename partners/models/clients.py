"""The programs of institutions that call our API, and their keys."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from allauth.idp.oidc.models import Client
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.clock import business_date
from brokerage.core.models import Referenced, Timestamped
from brokerage.reference.models import Rule
from partners.dated import CALLS
from partners.models.contracts import Contract
from partners.models.institutions import Partner
from partners.states import AFTER_THE_END, ApiScope, scopes_of


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
    networks = ArrayField(
        models.CharField(max_length=43),
        verbose_name=_("allowed addresses"),
        default=list,
        blank=True,
        help_text=_("Such as 203.0.113.0/24, with commas between. Empty: from anywhere."),
    )
    throttled_to = models.PositiveIntegerField(
        _("throttled to (calls a minute)"), null=True, blank=True, editable=False
    )
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)

    granted: Sequence[str] = ()
    """Scopes that the contract of the day leaves; set while the client calls."""
    calls: int | None = None
    """How often it may call a minute, by what was agreed; set while the client calls."""

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        permissions = [("throttle_client", "Can throttle API clients at once")]
        constraints = [
            models.UniqueConstraint(fields=["partner", "name"], name="one_client_of_each_name"),
            models.CheckConstraint(
                condition=Q(throttled_to=None) | Q(throttled_to__gte=1),
                name="a_throttled_client_may_call_sometimes",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def may_call_from(self, address: str) -> bool:
        """Whether the client calls from `address` (an IP address as text)."""
        if not self.networks:
            return True
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(caller in ipaddress.ip_network(each) for each in self.networks)


class CredentialQuerySet(models.QuerySet["Credential"]):
    def living(self, at: datetime) -> Self:
        """Credentials that open the API at `at`: not retired, nobody above them out of force.

        `permitted` is what the contract of the day lets the institution do.
        """
        contracts = Contract.objects.in_force(business_date(at)).filter(
            partner=OuterRef("api_client__partner")
        )
        return self._of(Partner.objects.working(at), at).annotate(
            permitted=Subquery(contracts.values("activities")[:1])
        )

    def reading_statements(self, at: datetime) -> Self:
        """Credentials of institutions that may still read their statements at `at`.

        Nothing is `permitted`: they open the statements and no more.
        """
        nothing = Value(None, output_field=ArrayField(models.CharField(max_length=16)))
        return self._of(Partner.objects.reading_statements(at), at).annotate(permitted=nothing)

    def _of(self, partners: models.QuerySet[Partner], at: datetime) -> Self:
        return self.with_calls(at).filter(
            Q(retires_at=None) | Q(retires_at__gt=at),
            api_client__suspended_at=None,
            api_client__partner__in=partners.values("pk"),
        )

    def with_calls(self, at: datetime) -> Self:
        """With `agreed`, the calls a minute of its own quota, and `usual`, those of the rule.

        Rule source: partners.calls.
        """
        from partners.models.quotas import ClientQuota

        day = business_date(at)
        own = ClientQuota.objects.in_force(day).filter(api_client=OuterRef("api_client"))
        rule = Rule.objects.on(day).filter(key=CALLS, scope="")
        return self.annotate(
            agreed=Subquery(own.values("per_minute")[:1]),
            usual=Subquery(rule.values("value")[:1]),
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
    permitted: Sequence[str] | None
    """Only on rows of the two queries above; None where statements alone are open."""
    agreed: int | None
    usual: int | None

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

    @property
    def scopes(self) -> list[str]:
        """What the client may ask for now: its own scopes as far as the contract goes."""
        allowed = AFTER_THE_END if self.permitted is None else scopes_of(self.permitted)
        return [scope for scope in self.api_client.scopes if scope in allowed]

    @property
    def calls(self) -> int | None:
        """How often the client may call a minute: its own quota or the usual figure, and never
        more than a brake lets it; None where no figure is known."""
        figure = self.usual if self.agreed is None else self.agreed
        brake = self.api_client.throttled_to
        return min((each for each in (figure, brake) if each is not None), default=None)


class RateWindow(models.Model):
    """How often a key called in its present window. Unlogged: losing it costs nothing."""

    key = models.CharField(max_length=120, primary_key=True)
    window = models.BigIntegerField()
    hits = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key
