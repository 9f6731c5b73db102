"""The published rates and one trade broken down, for everybody and without scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from branches.commission.dated import CAP
from branches.models import CommissionRate
from branches.use_cases.propose_rate import propose_rate
from brokerage.backoffice.four_eyes import decide
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.reference.models import Rule
from tests.branches.factories import make_head_office, make_staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def published(time_machine: Any) -> CommissionRate:
    time_machine.move_to(AT, tick=False)
    return _release("SH", "stock", "0.00008")


def _release(market: str, product: str, rate: str, **more: Any) -> CommissionRate:
    row = propose_rate(
        maker=make_staff(Role.HEAD_OFFICE),
        at=AT,
        unit=make_head_office(),
        market=market,
        product=product,
        rate=Decimal(rate),
        valid_from=date(2026, 1, 5),
        **more,
    )
    checker = make_staff(Role.HEAD_OFFICE)
    return decide(
        model=CommissionRate, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=AT
    )


def page(client: Client, language: str = "en", **typed: str) -> str:
    client.cookies["language"] = language
    answer = client.get("/costs/", typed)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bill_of_the_handbook_stands_on_the_page(client: Client) -> None:
    typed = {"product": "stock", "market": "SH", "side": "buy", "amount": "66,110.00"}
    text = page(client, **typed).replace("\xa0", " ").replace("&nbsp;", " ")
    for amount in ("CNY 1.72", "CNY 2.25", "CNY 1.32", "CNY 0.66", "CNY 5.95"):
        assert amount in text


def test_without_anything_typed_the_sample_trade_is_shown(client: Client) -> None:
    assert "费用合计" in page(client, "zh-hans")


def test_minimum_floor_and_cap_stand_in_yuan(client: Client) -> None:
    typed = {"product": "stock", "market": "SH", "side": "buy", "amount": "1000"}
    english = page(client, **typed).replace("\xa0", " ").replace("&nbsp;", " ")
    assert "least commission of CNY 5.00 applies here; by the rate alone it would be CNY 0.08" in (
        english
    )
    assert "Cap: 0.3% of the amount" in english
    assert "more than the cap" in english
    chinese = page(client, "zh-hans", **typed).replace("\xa0", " ").replace("&nbsp;", " ")
    assert "上限：成交金额的 0.3%" in chinese


def test_where_nothing_limits_it_that_is_said(client: Client) -> None:
    Rule.objects.filter(key=CAP).update(valid_to=date(2026, 3, 2))
    _release("SZ", "stock", "0.00008", minimum=Decimal(0))
    typed = {"product": "stock", "market": "SZ", "side": "buy", "amount": "66110"}
    english = page(client, **typed)
    assert "no cap" in english
    assert "no minimum" in english
    assert "不设上限" in page(client, "zh-hans", **typed)


@pytest.mark.parametrize("amount", ["-5", "0", "1e9", "12.345", "999999999999", "<b>", "", "五千"])
def test_a_wrong_amount_is_said_beside_it_and_kept(client: Client, amount: str) -> None:
    text = page(client, product="stock", market="SH", side="buy", amount=amount)
    assert "field-bad" in text
    assert "<b>" not in text or amount != "<b>"


def test_a_market_without_a_rate_is_said(client: Client) -> None:
    text = page(client, product="stock", market="BJ", side="buy", amount="1000")
    assert "We do not trade this on this market." in text


def test_a_trade_in_hong_kong_has_its_own_fees_and_duty_on_the_purchase(client: Client) -> None:
    _release("HK", "hk", "0.0003")
    text = page(client, product="hk", market="HK", side="buy", amount="100000")
    text = text.replace("\xa0", " ").replace("&nbsp;", " ")
    for amount in ("CNY 5.65", "CNY 2.85", "CNY 4.20", "CNY 100.00", "CNY 134.20"):
        assert amount in text
    assert "Hong Kong (Stock Connect)" in text
    wrong = page(client, product="stock", market="HK", side="buy", amount="1000")
    assert "We do not trade this on this market." in wrong


def test_neeq_has_fees_of_its_own(client: Client) -> None:
    _release("NQ", "neeq", "0.0008")
    text = page(client, "zh-hans", product="neeq", market="NQ", side="sell", amount="100000")
    assert "新三板" in text
    assert "132.50" in text  # 80.00 all in, 2.50 transfer, 50.00 duty


def test_a_cache_may_keep_the_page_of_a_visitor(client: Client) -> None:
    answer = client.get("/costs/")
    assert "public" in answer.headers["Cache-Control"]
    assert "csrftoken" not in answer.cookies
