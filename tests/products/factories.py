"""Issuers, products and terms for tests, made through the use cases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from accounts.states import Status
from branches.models import OrgUnit
from branches.selectors import head_of
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Consent
from brokerage.customers.purposes import MARKETING, PERSONALISATION
from brokerage.customers.selectors import current_text
from brokerage.customers.use_cases import load_consent_texts
from brokerage.files import api as files
from products.files import PRIVATE_RECORDING
from products.mandate_states import PaperKind
from products.models import (
    Bid,
    Book,
    Closing,
    Complaint,
    CreditSplit,
    Crossing,
    DeskMember,
    Goal,
    Issuer,
    Mandate,
    MandatePaper,
    Offer,
    OfferCampaign,
    Order,
    PrivateContract,
    Product,
    QualifiedInvestor,
    Referral,
    Terms,
    Vetting,
    Winning,
)
from products.rules.quarters import Quarter
from products.rules.values import Value
from products.selectors.entry import entries_met
from products.states import Measure
from products.use_cases.bookkeeping import ask_to_close, propose_book
from products.use_cases.campaigning import propose_campaign
from products.use_cases.complaining import receive_complaint
from products.use_cases.crossing_walls import ask_to_cross
from products.use_cases.filing_papers import add_paper
from products.use_cases.listing import (
    list_product,
    name_issuer,
    propose_terms,
    propose_vetting,
)
from products.use_cases.mandating import open_mandate
from products.use_cases.naming_desks import propose_member
from products.use_cases.private_selling import sign_contract
from products.use_cases.qualifying import propose_qualified
from products.use_cases.reading_wishes import read_wishes
from products.use_cases.referring import qualify, register_referral, report_back, tailor
from products.use_cases.setting_goals import propose_goal
from products.use_cases.valuing import take_values
from products.use_cases.winning import win
from suitability.models import MatchRecord
from suitability.use_cases.disclosing import acknowledge_five, begin_disclosure
from tests.accounts.factories import an_application
from tests.branches.factories import make_staff, make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.files.factories import mp4, pdf
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment
from tests.suitability.matching import SINCE, a_decision, a_graded_item
from tests.suitability.professional import a_professional

FEES = {
    "subscription": [{"from": "0", "rate": "0.012"}, {"from": "1000000", "flat": "1000"}],
    "redemption": [{"from": "0", "rate": "0.015"}, {"from": "7", "rate": "0.005"}],
    "yearly": {"management": "0.012", "custody": "0.002"},
}
FUND = {
    "manager": {"zh": "沈知行", "en": "Shen Zhixing"},
    "custodian": {"zh": "梧洲银行", "en": "Wuzhou Bank"},
    "founded": "2021-04-12",
}
PLAN = {
    "manager": {"zh": "沈知行", "en": "Shen Zhixing"},
    "custodian": FUND["custodian"],
    "opens": {"zh": "每年一次", "en": "once a year"},
}
BOND = {
    "coupon": {"zh": "3.10%", "en": "3.10%"},
    "rating": {"zh": "AA+", "en": "AA+"},
    "matures": "2029-06-30",
}
PRIVATE = {"manager": FUND["manager"], "lock": {"zh": "一年", "en": "one year"}}
READING = timedelta(seconds=30)
_numbers = count(1)


def a_checker() -> Any:
    """Somebody at head office who made nothing yet."""
    return make_staff(Role.HEAD_OFFICE)


def approve(row: Any, *, by: Any = None, at: datetime = AT) -> Any:
    """Approve a four-eyed row as another person than its maker."""
    who = by or a_checker()
    return decide(model=type(row), ref=row.ref, checker=who, decision=Decision.APPROVED, at=at)


def an_issuer(**values: Any) -> Issuer:
    """An issuer that nobody vetted."""
    number = next(_numbers)
    given = {
        "credit_code": f"91310000MA1F{number:06d}",
        "name_zh": f"示例基金 {number}",
        "name_en": f"Sample funds {number}",
    }
    return name_issuer(actor=ACTOR, at=AT, **(given | values))


def a_proposed_vetting(issuer: Issuer | None = None, **values: Any) -> Vetting:
    """A vetting that waits for a second person."""
    given: dict[str, Any] = {
        "issuer": issuer or an_issuer(),
        "findings": "牌照已核查",
        "valid_from": SINCE,
        "valid_to": SINCE + timedelta(days=365),
        "maker": make_staff_user(),
        "at": AT,
    }
    return propose_vetting(**(given | values))


def a_vetted_issuer() -> Issuer:
    """An issuer whose products may be sold."""
    return approve(a_proposed_vetting()).issuer


def a_listed_product(grade: str = "R1", *, item: dict[str, Any] | None = None, **values: Any):
    """A registered product that is not for sale."""
    given = {
        "item": a_graded_item(grade, **(item or {})),
        "family": "fund",
        "issuer": values.pop("issuer", None) or a_vetted_issuer(),
        "registration": "备案 0001",
        "on_open_shelf": values.get("family", "fund") not in ("private", "plan"),
        "summary_zh": "国债",
        "summary_en": "Treasury bonds",
        "risk_zh": "可能亏损",
        "risk_en": "It can lose.",
        "attributes": {"private": PRIVATE, "plan": PLAN, "bond": BOND}.get(
            values.get("family", ""), FUND
        ),
    }
    return list_product(actor=ACTOR, at=AT, **(given | values))


def proposed_terms(product: Product | None = None, **values: Any) -> Terms:
    """Terms that wait for a second person."""
    given = {
        "minimum": Decimal(10),
        "step": Decimal("0.01"),
        "quota": None,
        "channels": ["online", "outlet"],
        "fees": FEES,
        "valid_from": SINCE,
        "valid_to": None,
        "change_reason": "首次上架",
    }
    return propose_terms(
        product=product or a_listed_product(),
        maker=make_staff_user(),
        at=AT,
        **(given | values),
    )


def a_product(
    grade: str = "R1",
    *,
    terms: dict[str, Any] | None = None,
    item: dict[str, Any] | None = None,
    **values: Any,
) -> Product:
    """A product for sale."""
    product = a_listed_product(grade, item=item, **values)
    approve(proposed_terms(product, **(terms or {})))
    return product


def with_values(product: Product, *figures: str, last: date = date(2026, 2, 27)) -> Product:
    """Daily values that end on `last`, a day apart."""
    days = [last - timedelta(days=back) for back in range(len(figures) - 1, -1, -1)]
    values = [
        Value(day, Decimal(each), Decimal(1)) for day, each in zip(days, figures, strict=True)
    ]
    take_values(product=product, values=values, actor=ACTOR, at=AT)
    return product


def an_order(customer: Any, outlet: Any, product: Product | None = None, **values: Any) -> Order:
    """A placed order for a fund, made without the way there."""
    bought = product or a_product()
    given = {
        "customer": customer,
        "product": bought,
        "terms": bought.terms.get(),
        "company": OrgUnit.objects.above(outlet, AT.date()).filter(kind="branch_company").get(),
        "outlet": outlet,
        "decision": matched(customer, bought),
        "key": uuid4(),
        "side": "subscribe",
        "amount": Decimal(1000),
        "dealing_day": AT.date(),
        "placed_at": AT,
    }
    return Order.objects.create(**(given | values))


def a_buyer(phone: str = "+8613900139100") -> Any:
    """A customer of class C4 with an active account and an outlet."""
    customer = a_customer(phone)
    outlet = make_unit()
    customer.home_outlet_ref = outlet.ref
    customer.save()
    a_confirmed_assessment(customer)
    an_application(Status.ACTIVE, customer=customer, outlet=outlet)
    return customer


def matched(customer: Any, product: Product, *, at: datetime = AT) -> MatchRecord:
    """A decision with the entry requirements that the customer has proved."""
    met = entries_met(customer, business_date(at), product.item.requirements)
    return a_decision(customer, product.item, at=at, met=met)


def a_proof(customer: Any = None, **values: Any) -> QualifiedInvestor:
    """A proof as a qualified investor for plans that waits for a second person."""
    given: dict[str, Any] = {
        "products": "plan",
        "fact": "household_financial_assets",
        "amount": Decimal(5_000_000),
        "as_of": AT.date() - timedelta(days=10),
        "first_trade": date(2020, 3, 2),
        "document": "资产证明 2026-017",
        "maker": make_staff_user(),
        "at": AT,
    }
    return propose_qualified(customer=customer or a_customer(), **(given | values))


def a_bare_proof(customer: Any) -> QualifiedInvestor:
    """A proof that waits, made without the way there, so that nothing of it was told."""
    return QualifiedInvestor.objects.create(
        customer=customer,
        products="private",
        fact="financial_assets",
        amount="3000000",
        as_of=SINCE,
        document="资产证明 2026-018",
        valid_from=SINCE,
        valid_to=SINCE + timedelta(days=365),
        rule_version="products.qualified@2018-10-22",
        made_by_ref=make_staff_user().ref,
        made_at=AT,
    )


def a_plan(**terms: Any) -> Product:
    """A plan of fixed income for sale, with the least amount of the law."""
    given = {"minimum": Decimal(300_000), "step": Decimal(10_000)}
    return a_product("R2", family="plan", terms=given | terms)


def a_desk_member(person: Any = None, desk: str = "banking", **values: Any) -> DeskMember:
    """A membership that waits for a second person."""
    given: dict[str, Any] = {"valid_from": SINCE, "maker": make_staff_user(), "at": AT}
    who = person or make_staff(Role.HEAD_OFFICE)
    return propose_member(desk=desk, person=who, **(given | values))


def a_told_decision(customer: Any, product: Product, *, at: datetime = AT) -> MatchRecord:
    """A decision on a product after which nothing more is owed before the sale."""
    decision = matched(customer, product, at=at)
    begun = begin_disclosure(decision=decision, language="en", actor=ACTOR, at=at - READING)
    acknowledge_five(row=begun, text=begun.text, actor=ACTOR, at=at)
    return decision


def a_complaint(customer: Any, **values: Any) -> Complaint:
    """A complaint that nobody has answered."""
    given: dict[str, Any] = {"text": "买之前没有人说会亏", "by": make_staff_user(), "at": AT}
    return receive_complaint(customer=customer, **(given | values))


def agreed(customer: Any, *purposes: str) -> Any:
    """The customer agreed to offers and to pages that fit their use, or to these purposes."""
    load_consent_texts(at=AT)
    for purpose in purposes or (MARKETING, PERSONALISATION):
        text = current_text(purpose, "zh-hans")
        assert text is not None
        Consent.objects.create(
            customer=customer, purpose=purpose, text=text, given_at=AT, channel="portal"
        )
    return customer


def an_offer(customer: Any) -> Offer:
    """A suggestion of long ago, made without the way there."""
    return Offer.objects.create(
        customer=customer,
        product=a_product(),
        on=SINCE,
        rule_version="products.ranking@2026-01-01",
        made_at=AT,
    )


def a_campaign(unit: OrgUnit, **values: Any) -> OfferCampaign:
    """A campaign to the customers at home in `unit`, counted, that waits for a second person."""
    read_wishes(at=AT)
    given: dict[str, Any] = {
        "name": "三月的基金",
        "product": values.pop("product", None) or a_product("R2"),
        "kind": "",
        "last_day": AT.date() + timedelta(days=30),
        "maker": make_staff_user(),
        "at": AT,
    }
    return propose_campaign(unit=unit, **(given | values))


def a_bare_campaign(unit: OrgUnit) -> OfferCampaign:
    """A campaign that waits, made without counting anybody."""
    return OfferCampaign.objects.create(
        name="三月的基金",
        unit=unit,
        product=a_product("R2"),
        last_day=AT.date() + timedelta(days=30),
        preview={"reached": 1, "against": {"consent": 2}},
        made_by_ref=make_staff_user().ref,
        made_at=AT,
    )


def a_proposed_book(product: Product | None = None, company: Any = None, **values: Any) -> Book:
    """A book that waits for a second person; it is open from the day of the tests on."""
    given: dict[str, Any] = {
        "target": Decimal(100_000),
        "minimum": Decimal(1000),
        "step": Decimal(1000),
        "opens_at": AT - timedelta(hours=1),
        "closes_at": AT + timedelta(days=1),
        "allocation": "pro_rata",
    }
    unit = make_unit()
    over = OrgUnit.objects.above(unit, AT.date()).filter(kind="branch_company").get()
    return propose_book(
        product=product or a_product("R2", family="bond"),
        company=company or over,
        maker=make_staff_user(),
        at=AT,
        **(given | values),
    )


def a_book(product: Product | None = None, company: Any = None, **values: Any) -> Book:
    """A published book."""
    return approve(a_proposed_book(product, company, **values))


def a_closing(book: Book) -> Closing:
    """A closing that waits for a second person."""
    return ask_to_close(book=book, maker=make_staff_user(), at=book.closes_at)


def a_bid(customer: Any, outlet: Any, book: Book | None = None, **values: Any) -> Bid:
    """A placed bid, made without the way there."""
    found = book or a_book()
    given = {
        "book": found,
        "customer": customer,
        "outlet": outlet,
        "decision": matched(customer, found.product),
        "key": uuid4(),
        "amount": Decimal(1000),
        "placed_at": AT,
    }
    return Bid.objects.create(**(given | values))


def a_referral(outlet: Any = None, **values: Any) -> Referral:
    """A local enterprise's project, registered by an outlet whose company has a head."""
    unit = outlet or make_unit()
    company = OrgUnit.objects.above(unit, AT.date()).filter(kind="branch_company").first()
    if company is not None and head_of(company, AT.date()) is None:
        make_staff(Role.BRANCH_MANAGER, company)
    given: dict[str, Any] = {
        "need": "bond",
        "enterprise": "婺州精密仪器有限公司",
        "credit_code": "91330700MA2E000017",
        "contact": "陆经理",
        "facts": "拟发行三年期公司债两亿元",
        "by": make_staff_user(),
        "at": AT,
    }
    return register_referral(outlet=unit, **(given | values))


def a_reported_referral(officer: Any, outlet: Any = None, **values: Any) -> Referral:
    """A referral that `officer` of the desk has reported back."""
    row = a_referral(outlet, **values)
    told: dict[str, Any] = {"note": "请约企业", "by": officer, "at": AT}
    qualify(referral=row, desk_officer=officer, note="财务健康", by=make_staff_user(), at=AT)
    tailor(referral=row, **told)
    return report_back(referral=row, **told)


def a_mandate(lead: Any = None, outlet: Any = None, **values: Any) -> Mandate:
    """A mandate of the desk that `need` leads to: an enterprise's bond, behind a wall."""
    by, product = lead or make_staff(Role.HEAD_OFFICE), values.pop("product", None)
    row = a_reported_referral(by, outlet, **values)
    return open_mandate(referral=row, product=product, note="企业已同意", by=by, at=AT)


def a_paper(mandate: Mandate, kind: str = "diligence", by: Any = None) -> MandatePaper:
    """A paper of a mandate."""
    who = by or make_staff_user()
    return add_paper(mandate=mandate, kind=PaperKind(kind), upload=BytesIO(pdf()), by=who, at=AT)


def a_qualified_buyer(phone: str = "+8613900139200") -> Any:
    """A buyer who is an identified qualified investor."""
    customer = a_buyer(phone)
    a_professional(customer)
    return customer


def a_private_fund(**terms: Any) -> Product:
    """A private fund for sale at outlets."""
    given = {"minimum": Decimal(1_000_000), "step": Decimal(10_000), "channels": ["outlet"]}
    return a_product("R4", family="private", terms=given | terms)


def a_private_contract(customer: Any = None, seller: Any = None, **values: Any) -> PrivateContract:
    """A contract that waits for its money."""
    who = customer or a_qualified_buyer()
    product = values.pop("product", None) or a_private_fund()
    if values.pop("matched", True):
        matched(who, product)
    given: dict[str, Any] = {
        "amount": Decimal(1_000_000),
        "upload": BytesIO(mp4()),
        "by": seller or make_staff_user(),
        "at": AT,
    }
    return sign_contract(customer=who, product=product, **(given | values))


def a_bare_contract(customer: Any, outlet: Any) -> PrivateContract:
    """A contract of a private fund that waits for its money, made without the way there."""
    product, ref = a_private_fund(), uuid4()
    recording = files.store(
        upload=BytesIO(mp4()),
        purpose=PRIVATE_RECORDING,
        owner_ref=ref,
        actor=ACTOR,
        at=AT,
    )
    return PrivateContract.objects.create(
        ref=ref,
        customer=customer,
        product=product,
        terms=product.terms.get(),
        company=OrgUnit.objects.above(outlet, AT.date()).filter(kind="branch_company").get(),
        outlet=outlet,
        decision=matched(customer, product),
        recording=recording,
        amount=Decimal(1_000_000),
        seller_ref=make_staff_user().ref,
        rule_version="products.private@2016-07-15",
        placed_at=AT,
    )


def a_goal(unit: Any = None, person: Any = None, **values: Any) -> Goal:
    """A goal of the quarter of the tests that waits for a second person."""
    given: dict[str, Any] = {
        "quarter": Quarter(2026, 1),
        "measure": Measure.REFERRED,
        "target": 4,
        "maker": make_staff_user(),
        "at": AT,
    }
    return propose_goal(unit=unit or make_unit(), person=person, **(given | values))


def a_crossing(mandate: Mandate, person: Any = None, by: Any = None) -> Crossing:
    """A wish to let somebody behind the wall, which compliance has still to clear."""
    who, asks = person or make_staff(Role.HEAD_OFFICE), by or make_staff_user()
    return ask_to_cross(mandate=mandate, person=who, reason="承做底稿", by=asks, at=AT)


def a_credit(outlet: Any = None) -> CreditSplit:
    """The credit of a referral that was won and confirmed."""
    won = approve(a_winning(outlet))
    return CreditSplit.objects.get(referral=won.referral)


def a_winning(outlet: Any = None) -> Winning:
    """A referral that is said to be won and waits for a second person."""
    row, officer = a_referral(outlet), make_staff(Role.HEAD_OFFICE)
    told: dict[str, Any] = {"note": "已签约", "by": officer, "at": AT}
    qualify(referral=row, desk_officer=officer, note="财务健康", by=make_staff_user(), at=AT)
    tailor(referral=row, **told)
    report_back(referral=row, **told)
    return win(referral=row, revenue=Decimal(100_000), **told)
