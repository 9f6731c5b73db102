"""Goals of cross-selling and contracts of a private fund, of the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

from accounts.models import Application
from accounts.states import Status
from branches.models import StaffAssignment
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.orders import carry_on, told_match
from brokerage.demo.professionals import READ, apply_as_professional, grant
from brokerage.demo.proofs import clip
from brokerage.demo.staff import staff_with
from brokerage.files.use_cases.check_file import check
from products.gateways.sandbox import PlayedPayments
from products.models import Goal, PrivateContract, Product, Terms
from products.rules.quarters import quarter_of
from products.states import OUTLETS, Measure
from products.use_cases.private_selling import (
    confirm_in_call,
    pay_contract,
    sign_contract,
)
from products.use_cases.refusals import UnableToList
from products.use_cases.setting_goals import propose_goal
from suitability.models import Assessment, StatusRequest

FUND = "DEMO-PRIVATE1"
ADVISERS = 3
DAY = timedelta(days=1)
SAID = "客户说清楚风险和一年锁定期，自愿购买。"


def build_goals(*, at: datetime) -> int:
    """Agree on goals of some outlets and their advisers for this quarter; returns how many."""
    if Goal.objects.exists():
        return 0
    today = business_date(at)
    maker, checker = staff_with(Role.HEAD_OFFICE)[:2]
    advisers = StaffAssignment.objects.filter(role=Role.ADVISER, unit__kind__in=OUTLETS).on(today)
    for adviser in advisers.select_related("unit", "user").order_by("pk")[:ADVISERS]:
        for person, measure, target in (
            (None, Measure.REFERRED, 12),
            (adviser.user, Measure.QUALIFIED, 4),
        ):
            try:
                row = propose_goal(
                    unit=adviser.unit,
                    person=person,
                    quarter=quarter_of(today),
                    measure=measure,
                    target=target,
                    maker=maker,
                    at=at,
                )
            except UnableToList:  # two advisers of one outlet share its goal
                continue
            decide(model=Goal, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=at)
    return Goal.objects.count()


def build_private_contracts(*, at: datetime) -> int:
    """Sell a private fund twice to a qualified investor; returns how many contracts were made.

    One binds since a call and was ordered; in the other the time to cool off runs.
    """
    fund = Product.objects.filter(item__code=FUND).first()
    customer = _with_account(at)
    if PrivateContract.objects.exists() or fund is None or customer is None:
        return 0
    begun = at - 6 * DAY
    grant(apply_as_professional(customer, begun), begun + 2 * READ)
    first = _signed(customer, fund, begun + 3 * READ)
    caller = staff_with(Role.CALL_CENTRE)[0]
    confirm_in_call(contract=first, note=SAID, by=caller, at=begun + 2 * DAY)
    carry_on(at)
    _signed(customer, fund, at)
    return PrivateContract.objects.count()


def _signed(customer: Customer, fund: Product, at: datetime) -> PrivateContract:
    """A contract that was paid."""
    told_match(customer, fund, at)
    made = sign_contract(
        customer=customer,
        product=fund,
        amount=Terms.objects.approved().filter(product=fund).latest("valid_from").minimum,
        upload=BytesIO(clip()),
        by=staff_with(Role.ADVISER)[0],
        at=at,
    )
    check(ref=made.recording.ref, at=at)
    return pay_contract(contract=made, gateway=PlayedPayments(), at=at)


def _with_account(at: datetime) -> Customer | None:
    """The last customer with an active account and an assessment who asked for no status yet."""
    active = Application.objects.filter(status=Status.ACTIVE).values("customer")
    assessed = Assessment.objects.counting_on(business_date(at)).filter(lowest=False)
    rows = Customer.objects.filter(pk__in=active, user__isnull=False)
    asked = StatusRequest.objects.values("customer")
    found = rows.filter(pk__in=assessed.values("customer")).exclude(pk__in=asked)
    return found.order_by("-pk").first()
