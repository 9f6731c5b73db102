"""Institutions that work with us, and the licences that prove what they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet
from brokerage.core.clock import business_date
from brokerage.core.display.languages import reads_english
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from brokerage.reference.models import Rule
from partners.dated import STATEMENTS_AFTER
from partners.states import TRANSITIONS, PartnerKind, PartnerStatus


class PartnerQuerySet(models.QuerySet["Partner"]):
    def working(self, at: datetime) -> Self:
        """Institutions that may act now: active, a contract and a licence in force.

        Asked anew each time, so keys, codes and links die with any of the three at once.
        """
        from partners.models.contracts import Contract

        day = business_date(at)
        contract = Contract.objects.in_force(day).filter(partner=OuterRef("pk"))
        licence = PartnerLicence.objects.in_force(day).filter(partner=OuterRef("pk"))
        return self.filter(Exists(contract), Exists(licence), status=PartnerStatus.ACTIVE)

    def reading_statements(self, at: datetime) -> Self:
        """Institutions that read their statements at `at`, working with us or not any more.

        A contract of theirs held within the period before that day; a suspension ends it.

        Rule source: partners.statements_after.
        """
        from partners.models.contracts import Contract

        day = business_date(at)
        since = Rule.objects.in_force(STATEMENTS_AFTER, day).figure.before(day)
        held = Contract.objects.approved().overlapping(since, day + timedelta(days=1))
        return self.filter(Exists(held.filter(partner=OuterRef("pk")))).exclude(
            status=PartnerStatus.SUSPENDED
        )


class Partner(Referenced, Timestamped, Stateful):
    """An institution that works with us, and who of ours looks after it.

    It acts only while it is active and a contract and a licence are in force; what its customers
    began goes on as our own. Not for: people who solicit, whom no contract may pay.
    """

    TRANSITIONS: ClassVar[StateTable] = TRANSITIONS

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=PartnerKind)
    status = models.CharField(
        _("status"), max_length=10, choices=PartnerStatus, default=PartnerStatus.ACTIVE
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partners",
        verbose_name=_("partner manager"),
    )

    events_told = models.PositiveBigIntegerField(default=0, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        permissions = [
            ("manage_clients", "Can make API clients and rotate their secrets"),
            ("hand_over_partner", "Can give an institution to another manager"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PartnerStatus.values), name="a_partner_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PartnerKind.values), name="a_partner_has_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if reads_english() else self.name_zh


class PartnerLicenceQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def in_force(self, day: date) -> Self:
        """Licences that a second person looked at too and that hold on `day`."""
        return self.approved().on(day)


class PartnerLicence(Referenced, FourEyed, Timestamped, Dated):
    """Evidence of what an institution is: which paper, from whom, until when, checked where.

    Life: entered by who looked at it → a second person looks at the register too and approves it
    or sends it back; only then it counts → ends, perhaps earlier. A new one is added before the
    old one ends. Kept for good: it shows what was known when.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="licences", verbose_name=_("partner")
    )
    title = models.CharField(pgettext_lazy("licence", "licence"), max_length=60)
    number = models.CharField(pgettext_lazy("licence", "number"), max_length=60)
    issuer = models.CharField(_("issued by"), max_length=80)
    checked_on = models.DateField(_("checked on"))
    checked_in = models.CharField(
        _("checked in"),
        max_length=200,
        help_text=_("The public register or the paper that was looked at."),
    )

    objects: Any = PartnerLicenceQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("licence of a partner")
        verbose_name_plural = _("licences of partners")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["partner", "number", "valid_from"],
                condition=~Q(decision=Decision.REJECTED),
                name="a_partners_licence_is_entered_once",
                violation_error_message=_("This licence is entered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def approving(self, at: datetime) -> None:
        """Raises FourEyesRefused when its last day has passed."""
        if self.valid_to is not None and self.valid_to <= business_date(at):
            raise FourEyesRefused(gettext("Its last day has passed."))
