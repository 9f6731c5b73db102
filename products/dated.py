"""The dated figures of this app: their form, and how the release loads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of
from brokerage.reference.use_cases.load_reference import ship
from products.rules.allocation import AllocationRules, build_allocation_rules
from products.rules.credit import OriginationRules, build_origination_rules
from products.rules.mandates import MandateRules, build_mandate_rules
from products.rules.private import PrivateRules, build_private_rules
from products.rules.qualified import (
    PlanRules,
    QualifiedRules,
    build_plan_rules,
    build_qualified_rules,
)
from products.rules.ranking import RankingRules, build_ranking_rules

RETENTION = "retention.products"
RANKING = "products.ranking"
ALLOCATION = "products.allocation"
ORIGINATION = "products.origination"
CHEAPER = "products.cheaper"
FITTING = "products.fitting"
MANDATES = "products.mandates"
PAYMENT = "products.payment_clock"
PRIVATE = "products.private"
QUALIFIED = "products.qualified"
PLANS = "products.plans"
COMPLAINTS = "products.complaints"
MATURING = "products.maturing"
FOLLOWING = "products.campaign_following"
UNCONFIRMED = "products.unconfirmed"
BASKET = "products.basket"
FILE = Path(__file__).parent / "reference" / "rules.yaml"


def _check_ranking(value: Any) -> None:
    try:
        build_ranking_rules(value, "")
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


def _check_origination(value: Any) -> None:
    try:
        build_origination_rules(value, "")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


def _check_mandates(value: Any) -> None:
    try:
        build_mandate_rules(value, "")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


def _check_private(value: Any) -> None:
    try:
        build_private_rules(value, "")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


def _check_qualified(value: Any) -> None:
    try:
        build_qualified_rules(value, "")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


def _check_plans(value: Any) -> None:
    try:
        build_plan_rules(value, "")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


def _check_allocation(value: Any) -> None:
    try:
        build_allocation_rules(value, "")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadRuleValue(str(error)) from error


SCHEMAS = (
    Schema(
        key=ALLOCATION,
        label=_("How subscription books may be shared out"),
        type=Type.TABLE,
        check=_check_allocation,
    ),
    Schema(
        key=ORIGINATION,
        label=_("How referrals are followed and credited"),
        type=Type.TABLE,
        check=_check_origination,
    ),
    Schema(
        key=MANDATES,
        label=_("Clocks and likelihood of mandates"),
        type=Type.TABLE,
        check=_check_mandates,
    ),
    Schema(
        key=PRIVATE,
        label=_("How private funds are sold"),
        type=Type.TABLE,
        check=_check_private,
    ),
    Schema(
        key=QUALIFIED,
        label=_("How long the proof of a qualified investor counts, and who needs none"),
        type=Type.TABLE,
        check=_check_qualified,
    ),
    Schema(
        key=PLANS,
        label=_("How asset-management plans are offered"),
        type=Type.TABLE,
        check=_check_plans,
    ),
    Schema(
        key=RANKING,
        label=_("How suggestions of products are ranked"),
        type=Type.TABLE,
        check=_check_ranking,
    ),
    Schema(
        key=CHEAPER,
        label=_("When a fund that takes less is worth a word"),
        type=Type.TABLE,
        check=table_of(
            Schema(key="least_percent", label="", type=Type.DECIMAL, least=0, most=5),
        ),
    ),
    Schema(
        key=FITTING,
        label=_("By how many grades a fund is lower that is told of as fitting better"),
        type=Type.INTEGER,
        unit="grades",
        least=1,
        most=4,
    ),
    Schema(
        key=PAYMENT,
        label=_("How long an answer about the money of an order is waited for"),
        type=Type.INTEGER,
        unit="minutes",
        least=10,
        most=4320,
    ),
    Schema(
        key=COMPLAINTS,
        label=_("How soon a complaint is to be answered"),
        type=Type.INTEGER,
        unit="days",
        least=1,
        most=60,
    ),
    Schema(
        key=MATURING,
        label=_("How long before a bond matures its holders are told"),
        type=Type.INTEGER,
        unit="days",
        least=1,
        most=92,
    ),
    Schema(
        key=FOLLOWING,
        label=_("How long after an offer an order counts as following it"),
        type=Type.INTEGER,
        unit="days",
        least=1,
        most=366,
    ),
    Schema(
        key=UNCONFIRMED,
        label=_("After how long an order without a confirmation is a task"),
        type=Type.INTEGER,
        unit="trading_days",
        least=1,
        most=30,
    ),
    Schema(
        key=BASKET,
        label=_("How many funds a basket takes"),
        type=Type.INTEGER,
        unit="funds",
        least=1,
        most=50,
    ),
    Schema(key=RETENTION, label=_("How long orders and holdings are kept"), type=Type.PERIOD),
)


def ranking_on(on: date) -> RankingRules:
    """The ranking in force on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(RANKING, on)
    return build_ranking_rules(rule.value, rule.version)


def allocation_on(on: date) -> AllocationRules:
    """How a book may be shared out that is published on `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(ALLOCATION, on)
    return build_allocation_rules(rule.value, rule.version)


def origination_on(on: date) -> OriginationRules:
    """Clocks and credit of referrals on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(ORIGINATION, on)
    return build_origination_rules(rule.value, rule.version)


def mandates_on(on: date) -> MandateRules:
    """Clocks and likelihood of mandates on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(MANDATES, on)
    return build_mandate_rules(rule.value, rule.version)


def private_on(on: date) -> PrivateRules:
    """How private funds are sold on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(PRIVATE, on)
    return build_private_rules(rule.value, rule.version)


def qualified_on(on: date) -> QualifiedRules:
    """How qualified investors are proved on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(QUALIFIED, on)
    return build_qualified_rules(rule.value, rule.version)


def plans_on(on: date) -> PlanRules:
    """How plans are offered on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(PLANS, on)
    return build_plan_rules(rule.value, rule.version)


def complaint_days_on(on: date) -> int:
    """Days within which a complaint is to be answered, on `on`; raises NoRuleInForce."""
    days: int = Rule.objects.in_force(COMPLAINTS, on).value
    return days


def maturing_on(on: date) -> tuple[int, str]:
    """So many days before a bond matures its holders are told, and the rule's version."""
    rule = Rule.objects.in_force(MATURING, on)
    return int(rule.figure), rule.version


def cheaper_on(on: date) -> tuple[Decimal, str]:
    """How much less a fund has to take a year, as a share of the value, and the rule's version."""
    rule = Rule.objects.in_force(CHEAPER, on)
    return Decimal(rule.value["least_percent"]) / 100, rule.version


def fitting_on(on: date) -> tuple[int, str]:
    """By how many grades a fund is lower at least that fits better, and the rule's version."""
    rule = Rule.objects.in_force(FITTING, on)
    return int(rule.figure), rule.version


def payment_minutes_on(on: date) -> int:
    """So long the money of what was ordered on `on` is asked for; raises NoRuleInForce."""
    minutes: int = Rule.objects.in_force(PAYMENT, on).value
    return minutes


def following_days_on(on: date) -> int:
    """Days after an offer within which an order follows it, for campaigns agreed on `on`."""
    days: int = Rule.objects.in_force(FOLLOWING, on).value
    return days


def unconfirmed_days_on(on: date) -> int:
    """Trading days after which an unconfirmed order is looked at; raises NoRuleInForce."""
    days: int = Rule.objects.in_force(UNCONFIRMED, on).value
    return days


def basket_most_on(on: date) -> int:
    """How many funds may wait in one basket on `on`; raises NoRuleInForce."""
    most: int = Rule.objects.in_force(BASKET, on).value
    return most


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("products.rules", FILE, *SCHEMAS)
