"""Statements of the demonstration: released, corrected, waiting to be released; and disputes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.network import BUILDER
from brokerage.users.models import User
from partners.models import ApiClient, Partner, Statement
from partners.models.statements import month_of
from partners.states import RemarkKind
from partners.use_cases.disputes import answer_dispute, raise_dispute
from partners.use_cases.make_statements import make_statement
from partners.use_cases.release_statements import check_statement, release_statement
from partners.use_cases.remarks import make_remark

ASKED = "本月两个周末应贵方要求加开展位，合同外的场地费没有计入。"
ANSWER = "情况属实，加开展位两天的场地费记入下一期结算单。"
SAID = (
    (RemarkKind.SUGGESTION, 1, "请在二维码落地页显示服务点的办公时间，客户常在下班后扫码。"),
    (RemarkKind.COMPLAINT, 2, "上周五下午服务点无人值守两小时，排队客户只好改去营业部。"),
)
DOUBT = "更正金额应含周日下午，请核对展位使用记录。"


def build_partner_money(first: Partner, client: ApiClient, *, at: datetime) -> int:
    """Make it once; returns how many statements, disputes and remarks.

    Args:
        first: the institution whose program `client` is; it gets three statements.
    """
    if Statement.objects.exists():
        return 0
    manager, office = first.manager, _head_office()
    if manager is None or office is None:
        return 0
    oldest, middle, last = _months_before(business_date(at), 3)
    released = _released(first, oldest, manager, office, at)
    dispute = raise_dispute(api_client=client, statement=released, line=1, text=ASKED, at=at)
    answer_dispute(dispute=dispute, answer=ANSWER, amount=Decimal("640.00"), by=manager, at=at)
    corrected = _released(first, middle, manager, office, at)
    raise_dispute(api_client=client, statement=corrected, line=2, text=DOUBT, at=at)
    check_statement(statement=_made(first, last, at), by=manager, at=at)
    others = Partner.objects.exclude(pk=first.pk).order_by("pk")
    made = [make_statement(partner=one, month=last, actor=BUILDER, at=at) for one in others]
    for kind, number, text in SAID:
        make_remark(
            api_client=client, partner_reference=f"WJ-R{number}", kind=kind, text=text, at=at
        )
    return 7 + sum(row is not None for row in made)


def _months_before(day: date, number: int) -> list[date]:
    """First days of the months that ended before `day`, the oldest first."""
    found, month = [], month_of(day)
    for _each in range(number):
        month = month_of(month - timedelta(days=1))
        found.append(month)
    return found[::-1]


def _head_office() -> User | None:
    return User.objects.filter(groups__name=Role.HEAD_OFFICE).order_by("pk").first()


def _made(partner: Partner, month: date, at: datetime) -> Statement:
    made = make_statement(partner=partner, month=month, actor=BUILDER, at=at)
    assert made is not None  # its contract has a fee
    return made


def _released(
    partner: Partner, month: date, manager: User, office: User, at: datetime
) -> Statement:
    check_statement(statement=_made(partner, month, at), by=manager, at=at)
    made = Statement.objects.get(partner=partner, month=month)
    return release_statement(statement=made, by=office, at=at)
