"""What we agreed with an institution: what it may do, and what it may be paid for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.models import OrgUnit
from branches.models.dated import Dated, DatedQuerySet, days
from brokerage.core import money
from brokerage.core.clock import business_date
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.locking import lock_row
from brokerage.core.models import Referenced
from partners.models.institutions import Partner, PartnerLicence
from partners.states import LAWFUL, Activity, FeeBasis, PartnerStatus


class ContractQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def in_force(self, day: date) -> Self:
        """Contracts that a second person approved and that hold on `day`."""
        return self.approved().on(day)

    def telling_stages(self, day: date) -> Self:
        """Contracts in force under which an institution hears how an application stands."""
        return self.in_force(day).filter(activities__contains=[Activity.STAGES])


class Contract(Referenced, FourEyed, Dated):
    """One contract with an institution; at most one holds at a time, and each one ends.

    Life: proposed with the opinion of compliance → a second person approves or rejects it. An
    approved contract never changes but for an earlier end (`end_early`); an amendment is a new
    one that begins on a day ahead, so it acts forward only.

    Not for: pay of registered brokers and staff (branches), the one pay that may follow success.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="contracts", verbose_name=_("partner")
    )
    number = models.CharField(_("contract number"), max_length=40, unique=True)
    activities = ArrayField(
        models.CharField(max_length=16, choices=Activity), verbose_name=_("permitted activities")
    )
    outlet = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registered outlet"),
        help_text=_("The outlet of ours that the contract is registered with."),
    )
    fee_basis = models.CharField(_("fee basis"), max_length=16, choices=FeeBasis)
    fee_yuan = models.DecimalField(
        _("fee in yuan for the whole term"), **money.YUAN, null=True, blank=True
    )
    data_clause = models.TextField(
        _("data clause"),
        help_text=_("Which data goes which way, for what, how long; or that none does."),
    )
    opinion = models.TextField(_("opinion of compliance"))
    opinion_number = models.CharField(_("number of the opinion"), max_length=40)
    rule_version = models.CharField(
        _("version of the rule"), max_length=210, blank=True, editable=False
    )

    objects = ContractQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fee_basis__in=LAWFUL),
                name="a_contract_pays_nothing_for_success",
                violation_error_message=_("This fee basis is not lawful."),
            ),
            models.CheckConstraint(
                condition=Q(fee_basis=FeeBasis.NONE, fee_yuan=None)
                | (~Q(fee_basis=FeeBasis.NONE) & Q(fee_yuan__isnull=False, fee_yuan__gt=0)),
                name="a_contract_has_a_sum_exactly_where_it_has_a_fee",
                violation_error_message=_("Give the sum, or say that there is no fee."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False),
                name="a_contract_ends",
                violation_error_message=_("A contract needs a last day."),
            ),
            models.CheckConstraint(
                condition=Q(activities__contained_by=Activity.values, activities__len__gt=0),
                name="a_contract_names_known_activities",
                violation_error_message=_("Choose what the institution may do."),
            ),
            models.CheckConstraint(
                condition=~Q(opinion="") & ~Q(opinion_number="") & ~Q(data_clause=""),
                name="a_contract_has_opinion_and_data_clause",
                violation_error_message=_(
                    "The opinion of compliance and a data clause are needed."
                ),
            ),
            ExclusionConstraint(
                name="one_contract_of_a_partner_at_a_time",
                expressions=[
                    ("partner", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("Another approved contract covers some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def approving(self, at: datetime) -> None:
        """Look again at what holds now, and end the contract that this one replaces.

        Raises:
            FourEyesRefused: when the institution has ended or has no manager, no outlet is named,
                no licence covers the first day, or
                the days meet a contract that cannot be ended or that would end before tomorrow:
                what it let happen and earned until today stays. A first contract may be late.
        """
        partner = lock_row(Partner, self.partner_id)
        if partner.status == PartnerStatus.ENDED:
            raise FourEyesRefused(gettext("This institution works with us no longer."))
        if partner.manager_id is None:
            raise FourEyesRefused(gettext("The institution has no partner manager yet."))
        if self.outlet_id is None:
            raise FourEyesRefused(gettext("The contract is registered with no outlet of ours."))
        licences = PartnerLicence.objects.in_force(self.valid_from).filter(partner=partner)
        if not licences.exists():
            raise FourEyesRefused(gettext("No licence of the institution covers the first day."))
        rows = type(self).objects.approved().filter(partner=partner)
        met = list(rows.overlapping(self.valid_from, self.valid_to).select_for_update())
        if len(met) > 1 or any(row.valid_from >= self.valid_from for row in met):
            raise FourEyesRefused(gettext("Another approved contract covers some of these days."))
        if met and self.valid_from <= business_date(at):
            raise FourEyesRefused(gettext("An amendment begins on a later day than today."))
        for row in met:
            row.valid_to = self.valid_from
            row.save(update_fields=["valid_to"])
