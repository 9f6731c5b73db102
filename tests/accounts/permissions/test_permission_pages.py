"""The pages: from the distance to the permission, for its owner alone; nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import PermissionApplication, TestAttempt, TradingPermission
from accounts.permissions.events import PermissionGranted
from accounts.permissions.handlers import tell_customer
from accounts.permissions.states import CaseStatus, CaseVerdict
from accounts.permissions.use_cases import reporting
from accounts.permissions.use_cases.reviewing import proposal_mark
from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.retention import policies
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from brokerage.reference.calendars import next_trading_day
from brokerage.reference.schemas import BadRuleValue, schemas
from brokerage.users import codes
from holdings.models import CustomerAssets
from holdings.states import Tier
from tests.accounts.factories import a_reviewer
from tests.accounts.permissions.factories import (
    a_case,
    a_graded_permission,
    a_granted_case,
    a_trader,
    pass_test,
    read_risk,
)
from tests.accounts.permissions.records import a_permission, a_permission_case, a_tried_case
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Any:
    return a_trader(at=clock.now())


def browser_of(customer: Any) -> Client:
    return sign_in(Client(headers={"Accept-Language": "en"}), customer.user)


def test_the_distance_page_leads_to_the_application_and_the_way_ends_granted(trader: Any):
    a_graded_permission("stock_connect")
    page = browser_of(trader)
    distance = page.get("/suitability/permissions/stock_connect/").content.decode()
    assert 'href="/permissions/stock_connect/"' in distance
    assert "Apply for it" in page.get("/permissions/stock_connect/").content.decode()
    assert not PermissionApplication.objects.exists(), "looking begins nothing"

    url = page.post("/permissions/stock_connect/").headers["Location"]
    case = PermissionApplication.objects.get()
    assert url == case.get_absolute_url()
    assert page.get("/permissions/stock_connect/").headers["Location"] == url
    page.post(f"{url}test/")
    attempt = TestAttempt.objects.get()
    shown = page.get(f"{url}test/").content.decode()
    assert shown.count('type="radio"') == 30

    right = attempt.bank.right
    answers = {key: right[key] for key, _options in attempt.drawn}
    half = dict(list(answers.items())[:4])
    again = page.post(f"{url}test/", {"attempt": "1", **half})
    assert again.status_code == 200
    assert again.content.decode().count("checked") == 4, "nothing chosen is lost"
    assert page.post(f"{url}test/", {"attempt": "1", **answers}).headers["Location"] == url
    twice = page.post(f"{url}test/", {"attempt": "1", **answers}, follow=True)
    assert "You sent this test before" in twice.content.decode()

    page.post(f"{url}risk/")
    assert page.post(f"{url}risk/").status_code == 200, "too quick"
    PermissionApplication.objects.update(text_opened_at=clock.now() - timedelta(minutes=1))
    assert page.post(f"{url}risk/").headers["Location"] == url
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)
    page.post(url, {"act": "code"})
    codes.set_code_sender(before)
    wrong = page.post(url, {"code": "12"})
    assert wrong.status_code == 200
    assert 'value="12"' in wrong.content.decode()
    assert page.post(url, {"code": sender.sent[0].code}).status_code == 302
    case.refresh_from_db()
    assert case.status == CaseStatus.REPORTING
    reporting.take_report(case=case, number="R1", at=clock.now())
    assert "You have this permission" in page.get(url).content.decode()
    row = TradingPermission.objects.get()
    assert row.effective_on == next_trading_day(clock.today())
    assert "Granted" in page.get("/suitability/permissions/stock_connect/").content.decode()


def test_far_away_the_page_says_what_is_missing_and_offers_no_beginning(trader: Any):
    a_graded_permission("star")
    trader.asset_snapshots.update(securities=1, counted=1)
    distance = browser_of(trader).get("/suitability/permissions/star/").content.decode()
    assert "It cannot be applied for yet" in distance
    assert "See what is missing" in distance
    assert "Apply for it" not in distance
    text = browser_of(trader).get("/permissions/star/").content.decode()
    assert "What is missing" in text
    assert '<button class="btn btn-wide">Apply for it' not in text
    answer = browser_of(trader).post("/permissions/star/")
    assert "A condition is not met yet" in answer.content.decode()


def test_whose_name_no_file_can_show_is_led_to_an_outlet(
    trader: Any, monkeypatch: pytest.MonkeyPatch
):
    at = clock.now()
    case = a_case(trader, at=at)
    pass_test(case, at=at)
    read_risk(case, at=at)
    page, url = browser_of(trader), f"/permissions/case/{case.ref}/"
    assert reverse("visits:new") not in page.get(url).content.decode()
    lacks = "Our typeface lacks these characters"
    monkeypatch.setattr("accounts.permissions.views.cannot_print", lambda name: lacks)
    shown = page.get(url).content.decode()
    assert lacks in shown
    assert reverse("visits:new") in shown
    assert 'value="code"' not in shown


DECEMBER = datetime(2026, 12, 10, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "language", "said"),
    [
        (1, "en", "Short deposits do not count: CNY 500,000.00 has to be there on at least 5"),
        (1, "zh-hans", "短期存入不算：这些交易日中至少要有 5 天达到 500,000.00 元，目前是 1 天。"),
        (5, "en", "CNY 500,000.00 was there on 5 of these trading days"),
    ],
)
@time_machine.travel(DECEMBER, tick=False)
def test_a_short_deposit_opens_nothing_and_the_distance_says_so(
    days: int, language: str, said: str
):
    """Twelve million on one day are 600,000 on average."""
    a_graded_permission("star")
    trader = a_trader(at=DECEMBER, counted=0)
    for row in trader.asset_snapshots.order_by("-day")[:days]:
        row.securities = row.counted = 12_000_000 // days
        row.save()
    page = sign_in(Client(headers={"Accept-Language": language}), trader.user)
    distance = page.get("/suitability/permissions/star/").content.decode().replace("\xa0", " ")
    assert said in distance
    assert ("Apply for it" in distance) == (days == 5)
    page.post("/permissions/star/")
    assert PermissionApplication.objects.exists() == (days == 5)


def test_without_an_active_account_there_is_no_beginning_and_no_carrying_over():
    trader = a_trader(at=clock.now(), active=False)
    a_graded_permission("stock_connect")
    page = browser_of(trader)
    assert (
        "It cannot be applied for yet"
        in page.get("/suitability/permissions/stock_connect/").content.decode()
    )
    text = page.get("/permissions/stock_connect/").content.decode()
    assert "First your account has to be active." in text
    assert "<button" not in text.partition("<main")[2].partition("</main>")[0]
    answer = page.post("/permissions/stock_connect/", {"act": "carried"})
    assert "First your account has to be active." in answer.content.decode()
    assert not PermissionApplication.objects.exists()


@pytest.mark.parametrize("page", ["", "test/", "risk/", "give-up/"])
def test_a_stranger_and_staff_find_nothing(trader: Any, page: str):
    case = a_permission_case(trader)
    url = case.get_absolute_url() + page
    stranger = browser_of(a_customer("+8613700099001"))
    assert stranger.get(url).status_code == 404
    assert stranger.post(url).status_code == 404
    assert sign_in(Client(), make_staff(Role.REVIEWER)).get(url).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "0", "2", "-1", "９", "1" * 30])
def test_an_invented_attempt_does_not_exist(trader: Any, number: str):
    case = a_permission_case(trader)
    answer = browser_of(trader).post(f"{case.get_absolute_url()}test/", {"attempt": number})
    assert answer.status_code == 404


def test_the_back_office_shows_scope_and_two_people_decide(trader: Any):
    unit = make_unit()
    trader.home_outlet_ref = unit.ref
    trader.save()
    case, held = a_permission_case(trader), a_permission(trader)
    first, second = a_reviewer(unit), a_reviewer(unit)
    elsewhere: OrgUnit = make_unit()
    stranger = a_reviewer(elsewhere)
    change = f"/admin/accounts/permissionapplication/{case.ref}/change/"
    assert sign_in(Client(), stranger).get(change).status_code in (302, 404)
    page = sign_in(Client(headers={"Accept-Language": "en"}), first)
    assert "Margin financing" in page.get(change).content.decode()
    listed = page.get("/admin/accounts/tradingpermission/?key=star").content.decode()
    assert "STAR market" in listed
    assert str(held.ref) in listed
    act = f"/admin/accounts/permissionapplication/{case.ref}/act"
    page.post(f"{act}/propose/", {"verdict": CaseVerdict.GRANT, "note": "ok"})
    case.refresh_from_db()
    assert case.proposed_by == first
    other = sign_in(Client(headers={"Accept-Language": "en"}), second)
    assert "Trading permission to decide on" in other.get("/admin/").content.decode()
    case.refresh_from_db()
    other.post(f"{act}/decide/", {"agree": "yes", "seen": proposal_mark(case)})
    case.refresh_from_db()
    assert (case.status, case.decided_by) == (CaseStatus.REPORTING, second)


def test_the_stock_list_is_searched_exactly_and_filtered_by_permission_and_tier():
    unit = make_unit()
    people = [a_customer(f"+86137000980{n:02d}") for n in range(3)]
    for number, each in enumerate(people):
        each.home_outlet_ref = unit.ref
        each.save()
        a_permission(each, "reit" if number else "star")
        CustomerAssets.objects.create(
            customer=each,
            day=clock.today(),
            counted=1,
            average=1,
            tier=Tier.FULL if number == 2 else Tier.BASIC,
            rule_version="x",
        )
    refs = [str(TradingPermission.objects.get(customer=each).ref) for each in people]
    page = sign_in(Client(), make_staff(Role.ADVISER, unit))

    def shown(query: str) -> list[bool]:
        text = page.get(f"/admin/accounts/tradingpermission/?{query}").content.decode()
        return [ref in text for ref in refs]

    assert shown("") == [True, True, True]
    assert shown("key=reit") == [False, True, True]
    assert shown("customer__assets__tier__exact=full") == [False, False, True]
    search = "/admin/accounts/tradingpermission/search/"
    for term, one in (("13700098001", refs[1]), ("1370009800", None)):
        text = page.post(search, {"term": term}, follow=True).content.decode()
        assert [ref for ref in refs if ref in text] == ([one] if one else []), term
    page = sign_in(Client(), make_staff(Role.ADVISER, make_unit()))
    assert shown("") == [False, False, False]


def test_pages_need_few_queries_however_many_rows(trader: Any):
    case = a_tried_case(trader).application
    for number in range(6):
        a_permission(a_customer(f"+86137000981{number:02d}"))
    owner, staff = browser_of(trader), sign_in(Client(), make_staff(Role.COMPLIANCE))
    for page, url, most in (
        (owner, case.get_absolute_url(), 8),
        (
            owner,
            "/permissions/stock_connect/",
            22,
        ),  # one of them what may be carried over, by rule
        (staff, "/admin/accounts/tradingpermission/", 20),
        (staff, "/admin/accounts/permissionapplication/", 20),
    ):
        a_graded_permission("stock_connect")
        page.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert page.get(url).status_code == 200
        assert len(asked) <= most, (url, len(asked))


def test_a_case_goes_with_all_its_attempts_once_the_customer_left():
    attempt = a_tried_case(a_customer("+8613700098200"))
    case = attempt.application
    cases, permissions = (
        policies.get(f"accounts.{key}") for key in ("permission_cases", "permissions")
    )
    now = clock.now()
    PermissionApplication.objects.update(
        status=CaseStatus.REFUSED, refusal="review", ended_at=case.applied_at
    )
    assert not cases.due(now), "the customer is still there"
    type(case.customer).objects.update(closed_at=case.applied_at)
    assert not permissions.due(now), "an application needs it"
    assert cases.dispose(cases.due(now)) == 1
    assert permissions.dispose(permissions.due(now)) == 1
    assert not TestAttempt.objects.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("accounts.permission_test", {"questions": 0, "minutes": 20}),
        (
            "accounts.permission_test",
            {"questions": 10, "minutes": True, "attempts": 3, "pause_hours": 1, "again_days": 3},
        ),
        ("accounts.permission_case", {"life_days": 30, "effective_days": "1"}),
        ("accounts.permission_review", {"by_hand": "margin", "oldest": 69}),
        ("accounts.permission_review", {"by_hand": [], "oldest": 5}),
    ],
)
def test_a_rule_that_says_nothing_is_refused(key: str, value: Any):
    with pytest.raises(BadRuleValue):
        schemas.get(key).read(value)


def test_what_happened_is_written_to_the_customer_once():
    case = a_granted_case()
    assert case.effective_on is not None
    entry = Entry.objects.get(kind="accounts.permission_granted")
    event = PermissionGranted(
        subject=case.ref,
        customer=case.customer.ref,
        permission=case.key,
        effective_on=case.effective_on,
    )
    for _twice in range(2):
        tell_customer(event, entry)
    told = Message.objects.filter(dedupe_key__startswith="accounts.permission_granted:")
    assert told.count() == 1
