"""Who is meant and who is not: consent, windows, units, segments, licences that are renewed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from branches.models import Licence
from branches.states import Kind
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.customers.models.customers import Kind as Person
from brokerage.customers.purposes import PERSONALISATION
from brokerage.customers.use_cases import withdraw_consent
from brokerage.journal.actors import Actor
from content.home import cards
from content.models import Item, Topic
from content.selectors import audience, feed
from content.selectors.reader import reader_of
from content.use_cases.follow import Wish, follow
from holdings.models import CustomerAssets
from tests.branches.factories import give_licence, make_unit
from tests.content.factories import (
    AT,
    a_check,
    a_released,
    a_signed,
    agrees,
    an_analyst,
    an_instrument,
    an_item,
    approve,
)
from tests.content.test_feed_pages import holds, names, ref_of
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
INSIDE: dict[str, Any] = {"for_visitors": False}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def customer() -> Any:
    """Somebody who agreed to nothing."""
    return a_customer("+8613900001001", language="zh-hans")


@pytest.fixture
def portal(client: Client, customer: Any) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return sign_in(client, customer.user, at=AT)


# --- the consent to pages of one's own ------------------------------------------------------
def a_choice(customer: Any) -> None:
    """An old item about what is held, an older one of a followed topic, a new other one."""
    bank = an_instrument()
    holds(customer, bank)
    follow(customer=customer, topic=Topic.objects.get(code="bonds"), wish=Wish.FOLLOW, at=AT)
    a_released(title_zh="关注的", topic="bonds", at=AT - 2 * DAY)
    a_released(title_zh="持有的", instruments=[bank], at=AT - DAY)
    a_released(title_zh="最新的", at=AT)


def test_without_the_consent_the_order_is_the_same_for_everybody(
    portal: Client, customer: Any
) -> None:
    a_choice(customer)
    assert names(portal) == ["最新的", "持有的", "关注的"]
    page = portal.get("/insights/").content.decode()
    assert "因为你持有" not in page
    assert "/me/agreements/" in page
    assert [one.live.title_zh for one in shown_at_home(customer)] == ["最新的", "持有的"]


def test_by_relevance_is_a_choice_that_counts_only_what_somebody_follows(
    portal: Client, customer: Any
) -> None:
    a_choice(customer)
    assert names(portal, "?order=relevance") == ["关注的", "最新的", "持有的"]


def test_the_consent_orders_by_what_is_held_until_it_is_withdrawn(
    portal: Client, customer: Any
) -> None:
    a_choice(customer)
    agrees(customer)
    assert names(portal) == ["持有的", "关注的", "最新的"]
    assert names(portal, "?order=time") == ["最新的", "持有的", "关注的"]
    assert [one.live.title_zh for one in shown_at_home(customer)] == ["持有的", "关注的"]
    assert "/me/agreements/" not in portal.get("/insights/").content.decode()
    withdraw_consent(
        customer=customer,
        purpose=PERSONALISATION,
        actor=Actor.of(customer.user),
        channel="portal",
        at=AT,
    )
    assert names(portal) == ["最新的", "持有的", "关注的"]


def shown_at_home(customer: Any) -> list[Any]:
    customer.refresh_from_db()
    [card] = cards(customer.user, AT)
    found: list[Any] = card.context["items_shown"]
    return found


# --- what is for others uses nothing up -----------------------------------------------------
@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Windows of three items."""
    monkeypatch.setattr(feed, "WEIGHED", 3)
    monkeypatch.setattr(feed, "LOOKED_THROUGH", 3)
    written = (feed._by_relevance, feed._found, feed._found_newest)
    for one in written:
        one.cache_clear()
    yield
    for one in written:
        one.cache_clear()


OTHERS: dict[str, dict[str, Any]] = {
    "grade": {"grade": "R5"},
    "tier": {"tier": "full"},
    "segment": {"segment": "institution"},
    "holders": {"for_holders": True},
    "research": {"kind": "research"},
    "unit": {},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_newer_items_of_others_hide_nothing(
    kind: str, small: None, portal: Client, customer: Any
) -> None:
    agrees(customer)
    a_released(title_zh="给我的", at=AT - DAY, **INSIDE)
    values = OTHERS[kind] | ({"unit": make_unit()} if kind == "unit" else {})
    for _each in range(4):
        a_released(title_zh="给别人的", **INSIDE, **values)
    assert names(portal) == ["给我的"]
    assert [one.live.title_zh for one in shown_at_home(customer)] == ["给我的"]
    if kind != "research":  # found whatever the mode
        assert names(portal, "?q=给") == ["给我的"]


def test_pages_of_a_search_follow_each_other_to_the_end(small: None, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    for number in range(8):
        a_released(title_zh=f"逆回购{number}", at=AT - number * DAY)
    found, query = [], "?q=逆回购"
    for _page in range(5):
        page = client.get(f"/insights/{query}").content.decode()
        found += re.findall(r"逆回购(\d)</a>", page)
        if not (link := re.search(r'href="(\?[^"]*)" rel="next"', page)):
            break
        query = link[1].replace("&amp;", "&")
    assert found == list("01234567")


def test_an_item_says_by_itself_who_may_see_its_shown_version() -> None:
    """Whatever its working text says, and whoever writes it."""
    item = a_released(grade="R3", tier="full", **INSIDE)
    item.grade, item.tier, item.live_grade = "R1", "", "R1"
    item.save()
    Item.objects.filter(pk=item.pk).update(live_tier="", live_expires_on=date(2020, 1, 1))
    item.refresh_from_db()
    assert (item.live_grade, item.live_tier) == ("R3", "full")
    assert item.live_expires_on == item.live.expires_on  # type: ignore[union-attr]  # there is one


# --- units and segments ---------------------------------------------------------------------
def test_a_branch_company_speaks_to_customers_of_its_outlets(
    portal: Client, customer: Any
) -> None:
    company = make_unit(Kind.BRANCH_COMPANY)
    mine, other = make_unit(under=company), make_unit(Kind.BRANCH_COMPANY)
    customer.home_outlet_ref = mine.ref
    customer.save()
    item = a_released(unit=company, title_zh="分公司活动", **INSIDE)
    theirs = a_released(unit=other, title_zh="别处活动", **INSIDE)
    assert names(portal) == ["分公司活动"]
    assert portal.get(ref_of(item)).status_code == 200
    assert portal.get(ref_of(theirs)).status_code == 404


def a_reader(segment: str) -> Any:
    customer = a_customer(f"+86139000020{len(segment):02}")
    customer.kind = Person.ORGANISATION if segment == "institution" else Person.PERSON
    customer.save()
    if segment == "wealthy":
        CustomerAssets.objects.create(
            customer=customer, day=AT.date(), counted=0, average=9_000_000, tier="full",
            rule_version="x",
        )  # fmt: skip
    return customer


@pytest.mark.parametrize("mine", ["retail", "wealthy", "institution"])
@pytest.mark.parametrize("meant", ["", "retail", "wealthy", "institution"])
def test_some_items_are_for_one_segment(mine: str, meant: str) -> None:
    a_released(segment=meant, **INSIDE)
    reader = reader_of(a_reader(mine).user, "plain", AT)
    assert reader is not None
    assert reader.segment == mine
    assert audience.for_reader(reader, AT).exists() is (meant in ("", mine))


# --- licences -------------------------------------------------------------------------------
RENEWALS = [
    ("analyst", 0, True),
    ("analyst", 1, False),
    ("adviser", 0, False),
]


@pytest.mark.parametrize(("kind", "gap", "is_kept"), RENEWALS)
def test_a_renewed_licence_keeps_its_items_and_another_kind_does_not(
    kind: str, gap: int, is_kept: bool
) -> None:
    """A gap hides them for its days; the day after it they are back."""
    signer = an_analyst(valid_to=date(2026, 3, 4), number="S1")
    waiting = a_signed(an_item(), signer=signer)
    approve(a_signed(an_item(), signer=signer))
    start = date(2026, 3, 4) + timedelta(days=gap)
    give_licence(signer, kind, valid_from=start, number="S1")
    assert audience.for_visitors(AT + DAY).exists()
    assert audience.for_visitors(AT + 2 * DAY).exists() is is_kept
    assert audience.for_visitors(AT + 3 * DAY).exists() is (kind == "analyst")
    if is_kept:
        assert approve(waiting, at=AT + 2 * DAY).is_approved
    else:
        with pytest.raises(FourEyesRefused):
            approve(waiting, at=AT + 2 * DAY)


def test_another_number_is_another_registration() -> None:
    signer = an_analyst(valid_to=date(2026, 3, 4), number="S1")
    approve(a_signed(a_check(), signer=signer))
    give_licence(signer, "analyst", valid_from=date(2026, 3, 4), number="S2")
    assert Licence.objects.held_on(date(2026, 3, 4)).count() == 1
    assert not audience.for_visitors(AT + 2 * DAY).exists()
