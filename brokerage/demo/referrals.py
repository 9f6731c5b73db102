"""Projects that outlets brought: one just registered, one at the desk, one won and credited, and
two that went on as mandates, of which one stands behind a wall."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from branches.models import OrgUnit, StaffAssignment
from branches.selectors import head_of
from branches.states import Kind
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.staff import staff_with
from brokerage.users.models import User
from products.mandate_states import Stage
from products.models import Referral, Winning
from products.states import Need
from products.use_cases.crossing_walls import ask_to_cross
from products.use_cases.mandating import move_mandate, open_mandate, plan_mandate
from products.use_cases.referring import qualify, register_referral, report_back, tailor
from products.use_cases.winning import win

PROJECTS = (
    ("婺江新材料有限公司", "91330700MA2E00101X", Need.NEEQ, "年营收一亿二千万元，拟挂牌新三板"),
    ("婺江水务发展有限公司", "91330700MA2E00202A", Need.BOND, "拟发行三年期绿色公司债三亿元"),
    ("临岸智能装备有限公司", "91330700MA2E00303B", Need.FINANCING, "扩建厂房，融资五千万元"),
)
MANDATES = (
    ("婺州港务集团有限公司", "91330700MA2E00404C", Need.CUSTODY, "年金账户托管，规模约两亿元"),
    ("婺江轨道交通有限公司", "91330700MA2E00505D", Need.BOND, "拟发行五年期公司债五亿元"),
)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def build_referrals(*, at: datetime) -> int:
    """Register projects for an outlet whose branch company has a head; returns how many."""
    if Referral.objects.exists():
        return 0
    found = _adviser(business_date(at))
    if found is None:
        return 0
    adviser, head = found
    officer = staff_with(Role.HEAD_OFFICE)[0]
    rows = [
        register_referral(
            outlet=adviser.unit,
            need=need,
            enterprise=name,
            credit_code=code,
            contact="财务部，0579-8200 0000",
            facts=facts,
            by=adviser.user,
            at=at - number * 4 * DAY,
        )
        for number, (name, code, need, facts) in enumerate(PROJECTS)
    ]
    for number, row in enumerate(rows[1:], start=1):
        when = at - number * 4 * DAY + DAY
        qualify(
            referral=row, desk_officer=officer, note="财务稳健，可做方案", by=head.user, at=when
        )
    last = rows[-1]
    tailor(referral=last, note="建议分两期，担保增信", by=officer, at=at - 3 * DAY)
    report_back(referral=last, note="方案已发营业部，请约企业", by=officer, at=at - 2 * DAY)
    won = win(referral=last, revenue=Decimal("386420.55"), note="已签约", by=officer, at=at - DAY)
    decide(
        model=Winning,
        ref=won.ref,
        checker=staff_with(Role.HEAD_OFFICE)[1],
        decision=Decision.APPROVED,
        at=at - DAY + HOUR,
    )
    for number, project in enumerate(MANDATES, start=len(rows)):
        _mandate(project, adviser, head.user, at - number * 4 * DAY)
    return len(rows) + len(MANDATES)


def _mandate(
    project: tuple[str, str, Need, str], adviser: StaffAssignment, head: User, at: datetime
) -> None:
    """A referral that goes on as a mandate; behind a wall somebody asks to be let in."""
    lead, colleague = staff_with(Role.HEAD_OFFICE)[:2]
    name, code, need, facts = project
    row = register_referral(
        outlet=adviser.unit,
        need=need,
        enterprise=name,
        credit_code=code,
        contact="财务部，0579-8200 0000",
        facts=facts,
        by=adviser.user,
        at=at,
    )
    qualify(referral=row, desk_officer=lead, note="主体资质良好", by=head, at=at + DAY)
    tailor(referral=row, note="方案已备", by=lead, at=at + 2 * DAY)
    report_back(referral=row, note="请约企业面谈", by=lead, at=at + 3 * DAY)
    made = open_mandate(referral=row, product=None, note="企业有意合作", by=lead, at=at + 4 * DAY)
    if need == Need.BOND:
        ask_to_cross(mandate=made, person=colleague, reason="承做底稿", by=lead, at=at + 5 * DAY)
        return
    begun = move_mandate(
        mandate=made, to=Stage.DILIGENCE, note="开始尽调", by=lead, at=at + 5 * DAY
    )
    plan_mandate(
        mandate=begun,
        next_step="现场走访并核对年金方案",
        percent=50,
        expected=Decimal("240000.00"),
        note="企业年金方案已获批",
        by=lead,
        at=at + 6 * DAY,
    )


def _adviser(on: date) -> tuple[StaffAssignment, StaffAssignment] | None:
    """The first adviser of an outlet whose branch company has a head, and that head."""
    advisers = StaffAssignment.objects.filter(role=Role.ADVISER, unit__kind=Kind.OUTLET).on(on)
    for adviser in advisers.select_related("unit", "user").order_by("pk"):
        companies = OrgUnit.objects.above(adviser.unit, on).filter(kind=Kind.BRANCH_COMPANY)
        for company in companies[:1]:
            head = head_of(company, on)
            if head is not None and head.user_id != adviser.user_id:
                return adviser, head
    return None
