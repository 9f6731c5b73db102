"""Contracts of private funds: signed at an outlet, cooled off, confirmed in a call."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from brokerage.files.models import StoredFile
from products.models.orders import (
    Order,
    of_a_branch_company,
    only_what_lapsed_is_revoked,
)
from products.models.products import Product
from products.models.terms import Terms
from products.private_states import COOLED, OPEN, PRIVATE_TRANSITIONS, PrivateStatus
from suitability.models import MatchRecord

IS_OPEN = Q(status__in=[each.value for each in OPEN])
HAS_COOLED = Q(status__in=[each.value for each in COOLED])


class PrivateContractQuerySet(models.QuerySet["PrivateContract"]):
    def of(self, customer: Customer) -> Self:
        """Contracts of one customer, the newest first."""
        return self.filter(customer=customer).order_by("-placed_at", "-pk")


class PrivateContract(Referenced, Stateful):
    """One customer's contract of a private fund, signed at an outlet before a camera.

    Life: placed → paid, and with the payment a time to cool off begins → after it somebody
    else than the seller calls, and only the customer's yes in that call makes it binding.
    Until then the customer takes it back without a reason and gets all of the money;
    without a yes by the end of a clock it ends by itself (unreached), and all of the money
    goes back too. Source: 私募投资基金募集行为管理办法, art. 29 to 31 (domain handbook 5 [M]).
    What binds becomes an `order`, which goes to the registrar like every other; it has the ref
    of its contract, the key of the payment.
    """

    TRANSITIONS: ClassVar[StateTable] = PRIVATE_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="private_contracts", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="private_contracts", verbose_name=_("product")
    )
    terms = models.ForeignKey(
        Terms,
        models.PROTECT,
        related_name="private_contracts",
        verbose_name=pgettext_lazy("product", "terms of sale"),
    )
    company = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("branch company")
    )
    outlet = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet that serves")
    )
    decision = models.ForeignKey(
        MatchRecord,
        models.PROTECT,
        related_name="private_contracts",
        verbose_name=_("matching decision"),
    )
    recording = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("recording")
    )
    amount = models.DecimalField(_("amount in yuan"), **YUAN)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=PrivateStatus.choices,
        default=PrivateStatus.PLACED,
    )
    seller_ref = models.UUIDField(pgettext_lazy("private contract", "seller"))
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    placed_at = models.DateTimeField(pgettext_lazy("private contract", "signed at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    cooling_until = models.DateTimeField(
        pgettext_lazy("private contract", "cools off until"), null=True, blank=True
    )
    call_due = models.DateTimeField(
        pgettext_lazy("private contract", "to be called until"), null=True, blank=True
    )
    called_by_ref = models.UUIDField(
        pgettext_lazy("private contract", "called by"), null=True, blank=True
    )
    called_at = models.DateTimeField(
        pgettext_lazy("private contract", "called at"), null=True, blank=True
    )
    call_note = models.CharField(
        pgettext_lazy("private contract", "what was said in the call"), max_length=300, blank=True
    )
    attempts = models.PositiveSmallIntegerField(
        pgettext_lazy("private contract", "calls without a yes or a no"), default=0
    )
    tried_at = models.DateTimeField(
        pgettext_lazy("private contract", "last such call at"), null=True, blank=True
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    refund = models.DecimalField(_("paid back"), **YUAN, null=True, blank=True)
    refunded_at = models.DateTimeField(_("paid back at"), null=True, blank=True)
    revoked_at = models.DateTimeField(
        _("request for the money withdrawn at"), null=True, blank=True
    )
    order = models.OneToOneField(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contract",
        verbose_name=pgettext_lazy("private contract", "order to the registrar"),
    )

    objects: ClassVar[PrivateContractQuerySet] = PrivateContractQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = _("contract of a private fund")
        verbose_name_plural = _("contracts of private funds")
        permissions = [("call_privatecontract", _("Can call who signed for a private fund"))]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="private_of_a_customer"),
            models.Index(fields=["call_due"], condition=IS_OPEN, name="private_to_be_called"),
            models.Index(
                fields=["id"],
                condition=Q(status="lapsed", revoked_at=None) | Q(refund__gt=0, refunded_at=None),
                name="private_to_be_paid_back",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=IS_OPEN,
                name="one_open_contract_of_a_private_fund",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, status__in=PrivateStatus.values) & ~Q(rule_version=""),
                name="a_private_contract_has_amount_and_status",
            ),
            models.CheckConstraint(
                condition=(
                    HAS_COOLED
                    & Q(paid_at__isnull=False, call_due__isnull=False)
                    & Q(cooling_until__gt=F("paid_at"))
                )
                | (~HAS_COOLED & Q(cooling_until=None, call_due=None)),
                name="a_paid_private_contract_cools_off",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["placed", "unpaid"]) | Q(paid_at=None),
                name="an_unpaid_private_contract_is_unpaid",
            ),
            models.CheckConstraint(
                condition=~Q(status="binding")
                | (
                    Q(called_at__gte=F("cooling_until"), called_by_ref__isnull=False)
                    & ~Q(call_note="")
                ),
                name="a_call_after_the_cooling_off_makes_it_binding",
            ),
            models.CheckConstraint(
                condition=Q(called_by_ref=None) | ~Q(called_by_ref=F("seller_ref")),
                name="who_sells_does_not_call",
            ),
            models.CheckConstraint(
                condition=(IS_OPEN & Q(ended_at=None)) | (~IS_OPEN & Q(ended_at__isnull=False)),
                name="a_private_contract_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["cancelled", "unreached"]) | Q(refund=F("amount")),
                name="who_takes_it_back_gets_all_of_it",
            ),
            models.CheckConstraint(
                condition=Q(attempts=0, tried_at=None)
                | Q(attempts__gt=0, tried_at__gte=F("cooling_until")),
                name="a_private_call_was_tried_after_the_cooling_off",
            ),
            models.CheckConstraint(
                condition=Q(order=None) | Q(status="binding"),
                name="only_a_binding_contract_is_ordered",
            ),
            only_what_lapsed_is_revoked("a_private_contract"),
        ]
        triggers = [
            of_a_branch_company("a_private_contract"),
            pgtrigger.Protect(name="private_contracts_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.product)
