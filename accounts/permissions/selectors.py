"""Reads of trading permissions: what may be applied for, what is missing, what was passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import (
    AgreementText,
    CashAccount,
    PermissionApplication,
    QuestionBank,
    TestAttempt,
    TradingPermission,
)
from accounts.models.knowledge_tests import PREFIX
from accounts.permissions.banks import bank_at
from accounts.permissions.states import AttemptStatus, PermissionStatus, ProvedFact
from accounts.signing.texts import OF_PERMISSIONS, text_at
from accounts.states import CashStatus
from brokerage.customers.models import Customer, Kind
from suitability.models import Assessment, GradedItem, ItemGrade
from suitability.rules.permission_rules import Kind as Condition
from suitability.rules.permission_rules import PermissionRule, Requirement
from suitability.rules.permissions import ConditionResult, Distance
from suitability.rules.reasons import Code
from suitability.selectors.permissions import Way, ways_of

STANDING = (Condition.ASSESSMENT, Condition.CLASS)
DECLARED = {"no_shareholder_or_affiliate": "margin_disclosure"}
"""Facts that the customer declares by signing this disclosure; two people check them after."""
INVESTING = "investing_months"
"""The fact that the first trade anywhere proves; the depository is asked for it."""
ITEM = "TP-"
"""A permission is graded as the item with this and its key as code: `TP-STOCK-CONNECT`."""


@dataclass(frozen=True)
class Road:
    """What one permission asks of a customer on a day, and what the journey itself does.

    Attributes:
        way: conditions and distance.
        wanted: requirements in the order of the conditions after the assessment.
        text: the disclosure to be read and signed.
        item: what the matching opinion is about.
        bank: questions, where a test is asked for.
    """

    way: Way
    wanted: tuple[Requirement, ...]
    text: AgreementText
    item: GradedItem
    bank: QuestionBank | None

    @property
    def rule(self) -> PermissionRule:
        """The permission's row in force."""
        return self.way.permission.rule

    @property
    def distance(self) -> Distance:
        """Every condition, met or not."""
        return self.way.distance

    @property
    def gaps(self) -> list[ConditionResult]:
        """Conditions not met that no step of the journey fulfils."""
        return gaps_of(self.way, self.wanted)

    @property
    def standing_gaps(self) -> list[ConditionResult]:
        """Conditions of assessment and class that are not met; they count in every case."""
        return standing_gaps(self.way)

    @property
    def days(self) -> int:
        """Trading days of the average that is asked for; 0 where none is."""
        return max(
            (each.days for each in self.wanted if each.kind is Condition.AVERAGE), default=0
        )

    @property
    def test(self) -> Requirement | None:
        """The test that is asked for."""
        return next((each for each in self.wanted if each.kind is Condition.TEST), None)

    @property
    def asks_experience(self) -> bool:
        """Whether the first trade counts."""
        return any(
            each.kind is Condition.EXPERIENCE
            or (each.condition is not None and INVESTING in each.condition.facts)
            for each in self.wanted
        )

    @property
    def first_trade_is_asked(self) -> bool:
        """Whether a condition waits for the first trade that nobody knows yet."""
        return any(not each.met and _waits_for_first_trade(each) for each in self.gaps_on_the_way)

    @property
    def gaps_on_the_way(self) -> list[ConditionResult]:
        """Conditions not met that a step of the journey may fulfil."""
        gaps = self.gaps
        return [each for each in self.distance.conditions if not each.met and each not in gaps]

    def met(self, kind: Condition) -> bool:
        """Whether every condition of a kind is met."""
        return all(each.met for each in self.distance.conditions if each.kind is kind)


def gaps_of(way: Way, wanted: Iterable[Requirement]) -> list[ConditionResult]:
    """Conditions of a way that are not met and that no step of the journey fulfils."""
    found = zip((None, *wanted), way.distance.conditions, strict=True)
    return [result for each, result in found if not result.met and not _on_the_way(each, result)]


def missing_now(customer: Customer, key: str, on: date) -> list[ConditionResult]:
    """What a customer lacks for a permission on a day, whether or not it can be applied for.

    Empty also where no rule names the permission: then nobody can say.
    """
    ways = ways_of(customer, on, key=key)
    return [gap for way in ways for gap in gaps_of(way, wanted_of(customer, way.permission.rule))]


def wanted_of(customer: Customer, rule: PermissionRule) -> tuple[Requirement, ...]:
    """What a rule asks of this kind of customer."""
    return rule.organisations if customer.kind == Kind.ORGANISATION else rule.persons


def standing_gaps(way: Way) -> list[ConditionResult]:
    """What a held permission rests on day by day; who holds it keeps it when assets fall."""
    found = way.distance.conditions
    return [each for each in found if each.kind in STANDING and not each.met]


def still_stands(customer: Customer, key: str, on: date) -> bool:
    """Whether assessment and class cover a permission on a day; not without a rule that names it.

    The assets are frozen evidence of the first day; class and assessment count as they are now.
    """
    ways = ways_of(customer, on, key=key)
    return bool(ways) and not any(standing_gaps(way) for way in ways)


def _on_the_way(wanted: Requirement | None, result: ConditionResult) -> bool:
    """Test and disclosure are steps of the journey; an unknown first trade is asked for in it."""
    if wanted is None:
        return False
    if wanted.condition is not None and wanted.condition.fact in DECLARED:
        return True
    step = wanted.at_once or wanted.kind is Condition.TEST
    return step or _waits_for_first_trade(result)


def _waits_for_first_trade(result: ConditionResult) -> bool:
    return any(
        reason.code is Code.EXPERIENCE_UNKNOWN
        or (reason.code is Code.UNPROVEN and reason.parameters.get("fact") == INVESTING)
        for reason in result.reasons
    )


def is_of_experience(result: ConditionResult) -> bool:
    """Whether the first trade decides on this condition."""
    return result.kind is Condition.EXPERIENCE or any(
        reason.parameters.get("fact") == INVESTING for reason in result.reasons
    )


def may_be_proved(result: ConditionResult) -> bool:
    """Whether a document that is shown at an outlet could prove this condition."""
    return any(reason.parameters.get("fact") in ProvedFact.values for reason in result.reasons)


def road_to(customer: Customer, key: str, *, at: datetime, on: date, language: str) -> Road | None:
    """The way of `customer` to one permission, None where it cannot be applied for here.

    Args:
        customer: whose.
        key: of the permission.
        at: which texts and questions are in force.
        on: business date.
        language: of the disclosure.
    """
    ways = ways_of(customer, on, key=key)
    return road_of(customer, ways[0], at=at, on=on, language=language) if ways else None


def road_of(customer: Customer, way: Way, *, at: datetime, on: date, language: str) -> Road | None:
    """The same of a way that is known already.

    It can be applied for where its disclosure is written, its questions are signed off if a test
    is asked for, and it has a grade of risk in force.
    """
    rule, key = way.permission.rule, way.permission.rule.key
    wanted = wanted_of(customer, rule)
    text, item = disclosure_of(wanted, at, language), item_of(key)
    test = next((each for each in wanted if each.kind is Condition.TEST), None)
    bank = bank_at(at, test.test) if test else None
    graded = item and ItemGrade.objects.in_force(on).filter(item=item).exists()
    if text is None or item is None or not graded or (test and bank is None):
        return None
    return Road(way, wanted, text, item, bank)


def disclosure_of(
    wanted: Iterable[Requirement], at: datetime, language: str
) -> AgreementText | None:
    """The text in force of the one disclosure that is asked for; None where there is none."""
    facts = [each.condition.fact for each in wanted if each.at_once and each.condition]
    if len(facts) != 1:
        return None
    return text_at(OF_PERMISSIONS + facts[0], at, language)


def item_of(key: str) -> GradedItem | None:
    """The graded item of a permission."""
    return GradedItem.objects.filter(code=ITEM + key.upper().replace("_", "-")).first()


def has_active_account(customer: Customer) -> bool:
    """Whether the customer may trade at all."""
    return CashAccount.objects.filter(customer=customer, status=CashStatus.ACTIVE).exists()


def ended_attempts(customer: Customer, test: str, at: datetime) -> list[datetime]:
    """When the attempts of a customer at a test ended, lapsed ones included."""
    rows = TestAttempt.objects.filter(application__customer=customer, bank__key=PREFIX + test)
    found = rows.values_list("status", "until", "ended_at")
    return [
        ended or until
        for status, until, ended in found
        if status != AttemptStatus.OPEN or until <= at
    ]


def with_old_assessment(before: date) -> QuerySet[Customer]:
    """Customers with a granted permission and no assessment that counted on the day `before`."""
    counts = Assessment.objects.counting_on(before).filter(customer=OuterRef("pk"))
    granted = TradingPermission.objects.filter(status=PermissionStatus.GRANTED)
    rows = Customer.objects.filter(pk__in=granted.values("customer"))
    return rows.filter(~Exists(counts)).order_by("pk")


def open_case(customer: Customer, key: str) -> PermissionApplication | None:
    """The application that is under way."""
    return PermissionApplication.objects.of(customer).open().filter(key=key).first()


def may_buy(customer: Customer, key: str, on: date) -> bool:
    """Whether a customer may buy what needs this permission on the business date `on`."""
    return TradingPermission.objects.of(customer).usable_on(on).filter(key=key).exists()


def may_reduce(customer: Customer, key: str) -> bool:
    """Whether a customer may sell and reduce: whoever ever had it, suspended and revoked too."""
    rows = TradingPermission.objects.of(customer).filter(key=key)
    return rows.filter(effective_on__isnull=False).exists()
