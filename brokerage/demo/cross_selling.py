"""Goals of cross-selling, and a private fund in its time to cool off, of the demonstration."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from accounts.models import Application
from accounts.states import Status
from branches.models import StaffAssignment
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.orders import told_match
from brokerage.demo.professionals import READ, apply_as_professional, grant
from brokerage.demo.proofs import clip
from brokerage.demo.staff import staff_with
from brokerage.files.use_cases.check_file import check
from products.gateways.sandbox import PlayedPayments
from products.models import Goal, PrivateContract, Product, Terms
from products.rules.quarters import quarter_of
from products.states import OUTLETS, Measure
from products.use_cases.private_selling import pay_contract, sign_contract
from products.use_cases.refusals import UnableToList
from products.use_cases.setting_goals import propose_goal
from suitability.models import Assessment, StatusRequest

FUND = "DEMO-PRIVATE1"
ADVISERS = 3


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
    """Sell a private fund to a qualified investor; the time to cool off runs. Returns how many."""
    fund = Product.objects.filter(item__code=FUND).first()
    customer = _with_account(at)
    if PrivateContract.objects.exists() or fund is None or customer is None:
        return 0
    grant(apply_as_professional(customer, at), at + 2 * READ)
    later = at + 3 * READ
    told_match(customer, fund, later)
    made = sign_contract(
        customer=customer,
        product=fund,
        amount=Terms.objects.approved().filter(product=fund).latest("valid_from").minimum,
        upload=BytesIO(clip()),
        by=staff_with(Role.ADVISER)[0],
        at=later,
    )
    check(ref=made.recording.ref, at=later)
    pay_contract(contract=made, gateway=PlayedPayments(), at=later)
    return 1


def _with_account(at: datetime) -> Customer | None:
    """The last customer with an active account and an assessment who asked for no status yet."""
    active = Application.objects.filter(status=Status.ACTIVE).values("customer")
    assessed = Assessment.objects.counting_on(business_date(at)).filter(lowest=False)
    rows = Customer.objects.filter(pk__in=active, user__isnull=False)
    asked = StatusRequest.objects.values("customer")
    found = rows.filter(pk__in=assessed.values("customer")).exclude(pk__in=asked)
    return found.order_by("-pk").first()
