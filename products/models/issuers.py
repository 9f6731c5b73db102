"""Who issues a product, and until when our look at them counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from brokerage.core.display.languages import reads_english
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.locking import lock_row
from brokerage.core.models import Referenced, Timestamped

CREDIT_CODE = RegexValidator(
    r"\A[0-9A-HJ-NPQRTUWXY]{18}\Z", _("A unified social credit code has 18 characters.")
)


class Issuer(Referenced, Timestamped):
    """An institution whose products we may sell once it was vetted. Never deleted."""

    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, validators=[CREDIT_CODE]
    )
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    is_related = models.BooleanField(
        _("belongs to our group"),
        default=False,
        help_text=_("Said to customers on the product's page."),
    )

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(name_en=""), name="an_issuer_has_both_names"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if reads_english() else self.name_zh


class VettingQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    """Vettings by date and decision."""


class Vetting(Referenced, FourEyed, Dated):
    """Our look at an issuer: licence, team, past; it counts for its days and no longer.

    Life: proposed → approved or rejected by a second person. Approved ones of one issuer do not
    overlap. Without one in force nothing of the issuer is for sale.
    """

    issuer = models.ForeignKey(
        Issuer, models.PROTECT, related_name="vettings", verbose_name=_("issuer")
    )
    findings = models.CharField(_("findings"), max_length=500)

    objects: ClassVar[Any] = VettingQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("vetting of an issuer")
        verbose_name_plural = _("vettings of issuers")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False),
                name="a_vetting_ends",
                violation_error_message=_("A vetting has an end, so that it is done anew."),
            ),
            models.CheckConstraint(condition=~Q(findings=""), name="a_vetting_says_what_it_found"),
            ExclusionConstraint(
                name="one_vetting_of_an_issuer_at_a_time",
                expressions=[("issuer", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("Another approved vetting covers some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.valid_from}"

    def approving(self, at: datetime) -> None:
        """Refuse days that another approved vetting covers.

        Raises:
            FourEyesRefused: when there is one.
        """
        lock_row(Issuer, self.issuer_id)
        met = type(self).objects.approved().overlapping(self.valid_from, self.valid_to)
        if met.filter(issuer=self.issuer_id).exists():
            raise FourEyesRefused(gettext("Another approved vetting covers some of these days."))
