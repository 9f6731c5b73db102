"""The shelf of the demonstration: issuers, products, terms, and a year of daily values."""

from __future__ import annotations

import io
import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.staff import staff_with
from brokerage.demo.suitability import SINCE, graded
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from holdings.selectors.averages import days_before
from products.families import ATTRIBUTES
from products.models import Issuer, Product, Terms, Vetting
from products.rules.values import Value
from products.states import HIDDEN, MODES, Channel, DocumentKind, Family, Language, Mode
from products.use_cases.documenting import add_document
from products.use_cases.listing import (
    list_product,
    name_issuer,
    propose_terms,
    propose_vetting,
)
from products.use_cases.suspending import suspend
from products.use_cases.valuing import take_values
from suitability.models import GradedItem

FILE = Path(__file__).with_name("data") / "products.yaml"
DAYS = 245
SUSPENDED = "DEMO-GREEN"
PAPERS = {"DEMO-CASH", "DEMO-INDEX"}
SAMPLE = Path(__file__).with_name("data") / "sample.pdf"
"""One page that says what it is."""
FREE = {"DEMO-CASH", "DEMO-TREASURY", "DEMO-LOCAL", "DEMO-CUSTODY", "DEMO-HKDESK"}
FACTS: dict[str, dict[str, str]] = {
    "manager": {"zh": "沈知行", "en": "Shen Zhixing"},
    "custodian": {"zh": "梧洲银行", "en": "Wuzhou Bank"},
    "opens": {"zh": "每年三月第一个交易日", "en": "first trading day of March"},
    "lock": {"zh": "十二个月", "en": "twelve months"},
    "rating": {"zh": "AA+（江禾评级）", "en": "AA+ (Jianghe Ratings)"},
    "strategy": {"zh": "利率债打底，信用债增强", "en": "government bonds with a part of credit"},
    "reporting": {"zh": "每月书面报告", "en": "a written report each month"},
    "scope": {"zh": "证券、现金和合同", "en": "securities, cash and contracts"},
    "markets": {"zh": "沪深港", "en": "Shanghai, Shenzhen, Hong Kong"},
    "settlement": {"zh": "人民币", "en": "renminbi"},
}


def build_products(*, at: datetime) -> int:
    """Put the products on the shelf that are not there yet; returns how many were made."""
    if Product.objects.exists():
        return 0
    given: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    maker, checker = staff_with(Role.HEAD_OFFICE)[:2]
    issuers = {row["key"]: _issuer(row, maker, checker, at) for row in given["issuers"]}
    days = [*days_before(business_date(at), DAYS)]
    for row in given["products"]:
        product = _product(row, issuers[row["issuer"]], maker, checker, at)
        if "grows" in row:
            values = _values(row, days)
            take_values(product=product, values=values, actor=Actor.system("demo"), at=at)
        if row["code"] in PAPERS:
            _papers(product, maker, at)
        if row["code"] == SUSPENDED:
            suspend(product=product, reason="基金经理离任，等待公告", by=maker, at=at)
    return len(given["products"])


def _issuer(row: dict[str, Any], maker: User, checker: User, at: datetime) -> Issuer:
    issuer = name_issuer(
        actor=Actor.of(maker),
        at=at,
        credit_code=row["credit_code"],
        name_zh=row["zh"],
        name_en=row["en"],
        is_related=row["related"],
    )
    vetting = propose_vetting(
        issuer=issuer,
        findings="牌照、投研团队和三年业绩已核查",
        valid_from=SINCE,
        valid_to=SINCE + timedelta(days=730),
        maker=maker,
        at=at,
    )
    decide(model=Vetting, ref=vetting.ref, checker=checker, decision=Decision.APPROVED, at=at)
    return issuer


def _product(
    row: dict[str, Any], issuer: Issuer, maker: User, checker: User, at: datetime
) -> Product:
    family = Family(row["family"])
    code = row["code"]
    if "item" in row:
        item = graded({"code": code, **row["item"]}, maker, checker, at)
    else:
        item = GradedItem.objects.get(code=code)
    product = list_product(
        actor=Actor.of(maker),
        at=at,
        item=item,
        family=family.value,
        issuer=issuer,
        registration=f"备案 {code[5:]}-2025",
        on_open_shelf=family not in HIDDEN and not row.get("private", False),
        summary_zh=row["zh"],
        summary_en=row["en"],
        risk_zh=row["risk_zh"],
        risk_en=row["risk_en"],
        benchmark_zh="江禾综合指数" if "grows" in row else "",
        benchmark_en="Jianghe composite index" if "grows" in row else "",
        attributes=_attributes(family, row),
    )
    terms = propose_terms(
        product=product,
        maker=maker,
        at=at,
        minimum=Decimal(row["minimum"]),
        step=Decimal("0.01") if family is Family.FUND else Decimal(row["minimum"]),
        quota=Decimal(500_000_000) if family is Family.PLAN else None,
        channels=_channels(family, at_outlets=row.get("at_outlets", False)),
        fees=_fees(row),
        arrival_days=3 if family is Family.FUND else None,
        valid_from=SINCE,
        valid_to=None,
        change_reason="首次上架",
    )
    decide(model=Terms, ref=terms.ref, checker=checker, decision=Decision.APPROVED, at=at)
    return product


def _channels(family: Family, *, at_outlets: bool) -> list[str]:
    if MODES[family] in (Mode.CART, Mode.BOOK) and not at_outlets:
        return [Channel.ONLINE.value, Channel.OUTLET.value]
    return [Channel.OUTLET.value]


def _attributes(family: Family, row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for asked in ATTRIBUTES[family]:
        if asked.is_date:
            found[asked.key] = "2029-06-30" if asked.key == "matures" else "2021-04-12"
        elif asked.key == "coupon":
            found[asked.key] = {"zh": row["coupon"], "en": row["coupon"]}
        else:
            found[asked.key] = FACTS[asked.key]
    return found


def _fees(row: dict[str, Any]) -> dict[str, Any]:
    """Dearer where it swings more; some cost nothing on buying and selling."""
    if row["code"] in FREE:
        yearly = {"management": "0.0015", "custody": "0.0005"} if "grows" in row else {}
        return {"subscription": [], "redemption": [], "yearly": yearly}
    wild = row.get("swings", 0) >= 60
    rate, large = ("0.012", "0.008") if wild else ("0.006", "0.004")
    return {
        "subscription": [
            {"from": "0", "rate": rate},
            {"from": "1000000", "rate": large},
            {"from": "5000000", "flat": "1000"},
        ],
        "redemption": [
            {"from": "0", "rate": "0.015"},
            {"from": "7", "rate": "0.005"},
            {"from": "365", "rate": "0.0025"},
            {"from": "730", "rate": "0"},
        ],
        "yearly": {
            "management": "0.012" if wild else "0.003",
            "custody": "0.002" if wild else "0.001",
        },
    }


def _values(row: dict[str, Any], days: list[date]) -> list[Value]:
    """A year that follows from the code alone: waves of several lengths over a slow rise.

    `grows` and `swings` are parts in ten thousand: of the year, and of the widest wave.
    """
    seed = sum(ord(letter) * place for place, letter in enumerate(row["code"], 1))
    swing, rise = row["swings"] / 1000, row["grows"] / 10_000 / len(days)

    def level(place: int, shift: float, width: float, slope: float) -> Decimal:
        waves = (
            math.sin((place + seed + shift) / 37)
            + math.sin((place + seed * 3 + shift) / 11) / 2
            + math.sin((place * 2 + seed + shift) / 5) / 4
        )
        return Decimal(f"{math.exp(slope * place) * (1 + width * waves / 2):.6f}")

    return [
        Value(day, level(place, 0, swing, rise), level(place, 9, swing * 0.9, rise * 0.85))
        for place, day in enumerate(days)
    ]


def _papers(product: Product, by: User, at: datetime) -> None:
    """A contract in Chinese, marked as a sample."""
    row = add_document(
        product=product,
        kind=DocumentKind.CONTRACT,
        language=Language.CHINESE,
        upload=io.BytesIO(SAMPLE.read_bytes()),
        by=by,
        at=at,
    )
    check(ref=row.file.ref, at=at)
