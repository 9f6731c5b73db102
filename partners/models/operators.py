"""People of an institution who look after its keys, addresses, codes and statements here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.institutions import Partner
from partners.states import OPERATOR_TRANSITIONS, OperatorStatus


class OperatorQuerySet(models.QuerySet["Operator"]):
    def living(self) -> Self:
        """Those who were invited or are at work."""
        return self.exclude(status=OperatorStatus.ENDED)

    def acting(self, at: datetime) -> Self:
        """Those who may come in at `at`: their institution works with us, or reads its
        statements still.

        Asked anew with each request, so that a suspension ends everything at once.
        """
        open_now = Partner.objects.working(at).values("pk")
        reading = Partner.objects.reading_statements(at).values("pk")
        return self.filter(
            Q(partner__in=open_now) | Q(partner__in=reading), status=OperatorStatus.ACTIVE
        )


class Operator(Referenced, Timestamped, Stateful):
    """One person of one institution, with a log-in of their own.

    Life: invited by our partner manager, by a link that opens once and not for long → active,
    once the person has set a password → ended → perhaps invited back, with the same log-in and
    history. They see this one institution, never the back office and never anything of a
    customer. Not for: programs (`ApiClient`).
    """

    TRANSITIONS: ClassVar[StateTable] = OPERATOR_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="operators", verbose_name=_("partner")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="operator",
        verbose_name=_("log-in"),
    )
    name = models.CharField(pgettext_lazy("operator", "name"), max_length=60)
    email = models.EmailField(pgettext_lazy("operator", "work e-mail"), max_length=254)
    status = models.CharField(
        _("status"), max_length=8, choices=OperatorStatus, default=OperatorStatus.INVITED
    )
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    invited_until = models.DateTimeField(_("invitation holds until"))
    rule_version = models.CharField(_("version of the rule"), max_length=100, editable=False)
    joined_at = models.DateTimeField(pgettext_lazy("operator", "joined at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: Any = OperatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("operator of an institution")
        verbose_name_plural = _("operators of institutions")
        permissions = [("manage_operators", "Can invite operators of institutions and end them")]
        indexes = [
            models.Index(
                fields=["token_hash"],
                condition=~Q(token_hash=""),
                name="operators_by_invitation",
            )
        ]
        constraints = [
            models.CheckConstraint(
                # Who was invited back has their log-in still.
                condition=Q(
                    status=OperatorStatus.INVITED, user=None, joined_at=None, ended_at=None
                )
                | Q(
                    status=OperatorStatus.INVITED,
                    user__isnull=False,
                    joined_at__isnull=False,
                    ended_at=None,
                )
                | Q(
                    status=OperatorStatus.ACTIVE,
                    user__isnull=False,
                    joined_at__isnull=False,
                    ended_at=None,
                    token_hash="",
                )
                | Q(status=OperatorStatus.ENDED, ended_at__isnull=False, token_hash=""),
                name="an_operator_has_the_facts_of_its_status",
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(status=OperatorStatus.ENDED),
                name="one_operator_for_each_address",
                violation_error_message=_("Somebody with this address is invited already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
