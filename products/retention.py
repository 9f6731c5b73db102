"""Orders are kept as long as the rule says; holdings until their customer has left."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.core.retention import Policy, Rows, delete, deleting
from brokerage.core.triggers import ignoring
from products.counter_states import CounterStatus
from products.dated import RETENTION
from products.models import (
    Basket,
    BasketItem,
    Bid,
    Complaint,
    Confirmation,
    CounterOrder,
    CreditDispute,
    CreditSplit,
    Crossing,
    DeskMember,
    Goal,
    Holding,
    Mandate,
    MandatePaper,
    Mismatch,
    Mute,
    Offer,
    OfferCampaign,
    OfferRun,
    OfferTarget,
    Order,
    PrivateContract,
    QualifiedInvestor,
    Referral,
    SaleRelease,
    StatedWish,
    Winning,
)

ORDERS_KEPT = "products.Order:orders_are_kept"
BASKET_KEPT = "products.BasketItem:ordered_basket_items_are_kept"
COUNTER_KEPT = "products.CounterOrder:counter_orders_are_kept"
BIDS_KEPT = "products.Bid:bids_are_kept"
REFERRALS_KEPT = (
    "products.Referral:referrals_are_kept",
    "products.CreditSplit:credits_are_kept",
    "products.CreditDispute:disputes_are_kept",
    "products.Mandate:mandates_are_kept",
    "products.MandatePaper:mandate_papers_stay",
    "products.Crossing:decided_rows_stay",
    "products.Winning:decided_rows_stay",
)
MISMATCHES_KEPT = "products.Mismatch:mismatches_are_kept"
OF_CUSTOMER = {"customers.customer": "customer__ref"}


def old_orders(before: datetime) -> Rows:
    """Orders that ended before `before`; those of contracts stay as long as their contract."""
    return Order.objects.filter(ended_at__lt=before, contract=None)


def forget_orders(rows: Rows) -> int:
    """Delete orders past their term with what the registrar told and where they came from."""
    keys = list(rows.values_list("pk", flat=True))
    Confirmation.objects.filter(order__in=keys).delete()
    with ignoring(ORDERS_KEPT, MISMATCHES_KEPT, COUNTER_KEPT, BASKET_KEPT):
        BasketItem.objects.filter(order__in=keys).delete()
        CounterOrder.objects.filter(order__in=keys).delete()
        Mismatch.objects.filter(order__in=keys).delete()
        return delete(rows)


def old_baskets(before: datetime) -> Rows:
    """Baskets untouched since `before`; what was ordered stays with its order."""
    return Basket.objects.filter(changed_at__lt=before).exclude(items__order__isnull=False)


def forget_baskets(rows: Rows) -> int:
    """Delete baskets past their term with what waited in them."""
    BasketItem.objects.filter(basket__in=rows.values("pk")).delete()
    return delete(rows)


def old_sales(before: datetime) -> Rows:
    """Releases to outlets that ended before `before`; of one that came to something, with that."""
    rows = SaleRelease.objects.filter(ended_at__lt=before)
    return rows.exclude(proposals__status=CounterStatus.ORDERED)


def forget_sales(rows: Rows) -> int:
    """Delete releases past their term with what was taken down and never ordered."""
    keys = list(rows.values_list("pk", flat=True))
    with ignoring(COUNTER_KEPT):
        CounterOrder.objects.filter(release__in=keys).delete()
    return delete(SaleRelease.objects.filter(pk__in=keys))


def old_mismatches(before: datetime) -> Rows:
    """Mismatches settled before `before` whose order nobody knows; others go with their order."""
    return Mismatch.objects.filter(order=None, settled_at__lt=before)


def old_bids(before: datetime) -> Rows:
    """Bids that ended before `before`."""
    return Bid.objects.filter(ended_at__lt=before)


def forget_bids(rows: Rows) -> int:
    """Delete bids past their term with what an outlet took down."""
    with ignoring(BIDS_KEPT, COUNTER_KEPT):
        CounterOrder.objects.filter(bid__in=list(rows.values_list("pk", flat=True))).delete()
        return delete(rows)


def old_contracts(before: datetime) -> Rows:
    """Contracts of private funds that ended before `before`; the recording has its own term."""
    return PrivateContract.objects.filter(ended_at__lt=before)


def old_referrals(before: datetime) -> Rows:
    """Referrals that ended before `before`."""
    return Referral.objects.filter(ended_at__lt=before)


def forget_referrals(rows: Rows) -> int:
    """Delete referrals past their term with their mandates, credits and disputes."""
    keys = list(rows.values_list("pk", flat=True))
    with ignoring(*REFERRALS_KEPT):
        CreditDispute.objects.filter(split__referral__in=keys).delete()
        CreditSplit.objects.filter(referral__in=keys).delete()
        Winning.objects.filter(referral__in=keys).delete()
        MandatePaper.objects.filter(mandate__referral__in=keys).delete()
        Crossing.objects.filter(mandate__referral__in=keys).delete()
        Mandate.objects.filter(referral__in=keys).delete()
        return delete(rows)


def left_holdings(before: datetime) -> Rows:
    """Holdings of customers who left before `before`."""
    return Holding.objects.filter(customer__closed_at__lt=before)


def old_offers(before: datetime) -> Rows:
    """Suggestions made before `before`."""
    return Offer.objects.filter(made_at__lt=before)


def left_mutes(before: datetime) -> Rows:
    """What customers who left before `before` did not want to hear of."""
    return Mute.objects.filter(customer__closed_at__lt=before)


def old_complaints(before: datetime) -> Rows:
    """Complaints answered before `before`."""
    return Complaint.objects.filter(answered_at__lt=before)


def old_proofs(before: datetime) -> Rows:
    """Proofs of qualified investors that ended before `before`."""
    return QualifiedInvestor.objects.filter(valid_to__lt=before.date())


def old_members(before: datetime) -> Rows:
    """Members of desks who left their desk before `before`."""
    return DeskMember.objects.filter(valid_to__lt=before.date())


def old_goals(before: datetime) -> Rows:
    """Goals proposed before `before`."""
    return Goal.objects.filter(made_at__lt=before)


def old_campaigns(before: datetime) -> Rows:
    """Campaigns of offers proposed before `before`."""
    return OfferCampaign.objects.filter(made_at__lt=before)


def forget_campaigns(rows: Rows) -> int:
    """Delete campaigns past their term with all that was kept of their customers."""
    keys = list(rows.values_list("pk", flat=True))
    OfferTarget.objects.filter(run__campaign__in=keys).delete()
    OfferRun.objects.filter(campaign__in=keys).delete()
    with ignoring("products.OfferCampaign:decided_rows_stay"):
        return delete(rows)


def left_wishes(before: datetime) -> Rows:
    """Stated wishes of customers who left before `before`; consent ends them much earlier."""
    return StatedWish.objects.filter(customer__closed_at__lt=before)


POLICIES = (
    *(
        Policy(key=key, label=label, rule=RETENTION, due=due, held_by=OF_CUSTOMER)
        for key, label, due in (
            ("products.offers", _("Suggestions of products"), old_offers),
            ("products.mutes", _("Muted families of customers who left"), left_mutes),
            ("products.complaints", _("Answered complaints"), old_complaints),
            ("products.wishes", _("What assessments say, for campaigns of offers"), left_wishes),
        )
    ),
    Policy(
        key="products.orders",
        label=_("Orders for funds"),
        rule=RETENTION,
        due=old_orders,
        held_by=OF_CUSTOMER,
        dispose=forget_orders,
    ),
    Policy(
        key="products.baskets",
        label=_("Baskets of funds"),
        rule=RETENTION,
        due=old_baskets,
        held_by=OF_CUSTOMER,
        dispose=forget_baskets,
    ),
    Policy(
        key="products.sales",
        label=_("Releases of purchases to outlets"),
        rule=RETENTION,
        due=old_sales,
        held_by=OF_CUSTOMER,
        dispose=forget_sales,
    ),
    Policy(
        key="products.bids",
        label=_("Bids in subscription books"),
        rule=RETENTION,
        due=old_bids,
        held_by=OF_CUSTOMER,
        dispose=forget_bids,
    ),
    Policy(
        key="products.private",
        label=_("Contracts of private funds"),
        rule=RETENTION,
        due=old_contracts,
        held_by=OF_CUSTOMER,
        dispose=deleting("products.PrivateContract:private_contracts_are_kept"),
    ),
    Policy(
        key="products.referrals",
        label=_("Referrals and their credits"),
        rule=RETENTION,
        due=old_referrals,
        held_by=OF_CUSTOMER,
        dispose=forget_referrals,
    ),
    Policy(
        key="products.qualified",
        label=_("Proofs of qualified investors"),
        rule=RETENTION,
        due=old_proofs,
        held_by=OF_CUSTOMER,
        dispose=deleting("products.QualifiedInvestor:decided_rows_stay"),
    ),
    Policy(
        key="products.desks",
        label=_("Members of the product desks"),
        rule=RETENTION,
        due=old_members,
        held_by={},
        dispose=deleting("products.DeskMember:decided_rows_stay"),
    ),
    Policy(
        key="products.goals",
        label=_("Goals of cross-selling"),
        rule=RETENTION,
        due=old_goals,
        held_by={},
        dispose=deleting("products.Goal:decided_rows_stay"),
    ),
    Policy(
        key="products.campaigns",
        label=_("Campaigns of offers and to whom they went"),
        rule=RETENTION,
        due=old_campaigns,
        held_by={},
        dispose=forget_campaigns,
    ),
    Policy(
        key="products.mismatches",
        label=_("Settled confirmations that did not fit"),
        rule=RETENTION,
        due=old_mismatches,
        held_by={},
        dispose=deleting(MISMATCHES_KEPT),
    ),
    Policy(
        key="products.holdings",
        label=_("Holdings of funds of customers who left"),
        rule=RETENTION,
        due=left_holdings,
        held_by=OF_CUSTOMER,
    ),
)
