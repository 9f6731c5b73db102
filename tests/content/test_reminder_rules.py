"""From 2026-12-01: what counts as too much, nothing twice over an edge, who follows up and how."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.backoffice.tasks import sources
from brokerage.core.clock import day_begins
from brokerage.core.reminders import Found, Reminding, reminders
from brokerage.core.roles import Role
from brokerage.messaging import send
from brokerage.messaging.use_cases.load_texts import load_texts
from brokerage.reference.models import Instrument
from content.models import Reminder, ReminderRun
from content.reminder_rules import reminder_rules_on
from content.states import Outcome
from content.tasks import nights_to_do
from content.use_cases.answer_reminder import UnableToFollowUp, follow_up
from content.use_cases.read_item import read_item
from content.use_cases.remind import remind
from holdings.models import Position
from tests.backoffice.factories import desk_of
from tests.branches.factories import give_licence, make_staff, make_unit
from tests.content.factories import a_check, a_released, a_reminder, an_instrument
from tests.content.test_reminders import kinds, trades
from tests.customers.factories import a_customer
from tests.holdings.factories import an_account
from tests.users.factories import sign_in

DAY = date(2026, 12, 10)
AT = datetime(2026, 12, 11, 2, 0, tzinfo=UTC)
"""The night that looks at DAY."""


@pytest.fixture(autouse=True)
def texts(db: None, time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)
    load_texts(at=AT - timedelta(days=300))


def test_versions_before_keep_what_they_said() -> None:
    old, new = reminder_rules_on(date(2026, 11, 30)), reminder_rules_on(date(2026, 12, 1))
    assert old.concentration.kinds == {"stock", "fund", "reit", "bond", "conv"}
    assert new.concentration.kinds == {"stock", "conv"}
    assert reminder_rules_on(date(2026, 12, 2)).concentration.kinds == {
        "stock",
        "hk",
        "neeq",
        "conv",
    }
    assert (old.not_again, old.follow_days, old.follow_licences) == ({}, 3, ())
    assert new.not_again == {"trading": 28, "concentration": 28, "valuation": 80}


# --- too much in one security ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "others", "told"),
    [
        ("stock", [], 100),
        ("conv", [], 100),
        ("hk", [], 100),
        ("neeq", [], 100),
        ("fund", [], None),
        ("bond", [], None),
        ("reit", [], None),
        ("stock", [("fund", 15_000)], 66),
        ("stock", [("fund", 40_000)], None),
        ("fund", [("stock", 10_000)], None),
    ],
)
def test_a_fund_or_a_bond_is_no_concentration(
    kind: str, others: list[tuple[str, int]], told: int | None
) -> None:
    """They count in the whole all the same."""
    customer = a_customer("+8613900001001")
    account = an_account(customer)
    for number, (one, value) in enumerate([(kind, 30_000), *others]):
        instrument = an_instrument(f"60100{number}", f"示范{number}号", f"Specimen {number}")
        abroad = {"hk": {"market": "HK", "code": "60100"}, "neeq": {"market": "NQ"}}
        Instrument.objects.filter(pk=instrument.pk).update(kind=one, **abroad.get(one, {}))
        Position.objects.create(
            day=DAY, account=account, instrument=instrument, quantity=1, price=1, value=value,
            cost=1,
        )  # fmt: skip
    remind(day=DAY, at=AT)
    found = Reminder.objects.filter(kind="concentration").values_list("facts__percent", flat=True)
    assert list(found) == ([] if told is None else [told])


# --- not twice over the end of a month or quarter -------------------------------------------
@pytest.mark.parametrize(
    ("kind", "first", "second", "apart", "is_told"),
    [
        ("trading", "2026-12", "2027-01", 1, False),
        ("trading", "2026-12", "2027-01", 27, False),
        ("trading", "2026-12", "2027-01", 28, True),
        ("concentration", "600001:2026-12", "600001:2027-01", 1, False),
        ("concentration", "600001:2026-12", "600002:2027-01", 1, True),
        ("valuation", "600001:high:2026Q4", "600001:high:2027Q1", 79, False),
        ("valuation", "600001:high:2026Q4", "600001:low:2027Q1", 1, True),
        ("rating", "a:2026-12-10", "a:2026-12-11", 1, True),
    ],
)
def test_the_same_thing_is_not_said_again_over_an_edge(
    kind: str,
    first: str,
    second: str,
    apart: int,
    is_told: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = a_customer("+8613900001001")
    subjects = {DAY: first, DAY + timedelta(days=apart): second}
    facts = {"name": {"zh-hans": "示范", "en": "Specimen"}, "percent": 80}

    def prepared(day: date) -> Any:
        found = Found(customer=customer.pk, subject=subjects[day], version="v@1", facts=facts)
        return lambda keys: [found]

    known = Reminding(label=kind, text="content.remind_concentration", prepare=prepared, order=1)
    monkeypatch.setattr(reminders, "_items", dict(reminders.items()) | {kind: known})
    for other in [key for key, _kind in reminders.items() if key != kind]:
        silent = Reminding(label=other, text="x", prepare=lambda day: lambda keys: [], order=2)
        reminders._items[other] = silent
    for day in subjects:
        remind(day=day, at=day_begins(day) + timedelta(days=1, hours=7))
    said = set(Reminder.objects.values_list("subject", flat=True))
    assert said == ({first, second} if is_told else {first})


# --- nights that were missed ----------------------------------------------------------------
def test_a_night_that_was_missed_or_died_is_made_up_for() -> None:
    """Of the trading days of the last week, those without a finished run; oldest first."""
    today = date(2026, 3, 10)  # a Tuesday
    week = [date(2026, 3, day) for day in (3, 4, 5, 6, 9)]
    assert nights_to_do(today) == week
    for day in week[:2]:
        ReminderRun.objects.create(day=day, finished_at=AT)
    ReminderRun.objects.create(day=week[2], cursor=7)  # died in the middle
    ReminderRun.objects.create(day=week[4], finished_at=AT)
    assert nights_to_do(today) == [week[2], week[3]]


def test_after_a_long_holiday_the_last_trading_day_is_still_looked_at() -> None:
    assert nights_to_do(date(2026, 2, 24))[-1] == date(2026, 2, 13)


# --- follow-ups -----------------------------------------------------------------------------
@pytest.fixture
def case() -> Any:
    """An outlet with an adviser and a manager, and a customer who is to be talked with."""
    unit = make_unit()
    adviser, manager = make_staff(Role.ADVISER, unit), make_staff(Role.BRANCH_MANAGER, unit)
    customer = a_customer("+8613900001001")
    customer.home_outlet_ref = unit.ref
    customer.name = "张小明"
    customer.save()
    reminder = a_reminder(customer)
    Reminder.objects.filter(pk=reminder.pk).update(made_at=AT)
    return adviser, manager, reminder


def test_only_a_licensed_adviser_follows_up(case: Any) -> None:
    adviser, _manager, reminder = case
    with pytest.raises(UnableToFollowUp):
        follow_up(reminder=reminder, outcome=Outcome.TALKED, adviser=adviser, at=AT)
    licence = give_licence(adviser, "adviser", valid_to=date(2026, 12, 12))
    row = follow_up(reminder=reminder, outcome=Outcome.TALKED, adviser=adviser, at=AT)
    assert row.followed_by == adviser
    assert licence.valid_to is not None


def test_who_was_not_reached_stays_to_be_tried_again(case: Any) -> None:
    adviser, _manager, reminder = case
    give_licence(adviser, "adviser")
    for note in ("无人接听", ""):
        follow_up(reminder=reminder, outcome=Outcome.UNREACHED, adviser=adviser, at=AT, note=note)
    reminder.refresh_from_db()
    assert (reminder.attempts, reminder.outcome, reminder.note) == (2, "", "无人接听")
    assert len(tasks(adviser)) == 1
    follow_up(reminder=reminder, outcome=Outcome.TALKED, adviser=adviser, at=AT, note="已了解风险")
    reminder.refresh_from_db()
    assert (reminder.outcome, reminder.note) == ("talked", "已了解风险")
    assert tasks(adviser) == []
    with pytest.raises(UnableToFollowUp):
        follow_up(reminder=reminder, outcome=Outcome.UNREACHED, adviser=adviser, at=AT)


def tasks(user: Any, at: datetime = AT) -> list[Any]:
    return list(sources.get("content.reminders").find(user, at))


def test_the_task_says_whom_and_why_and_the_manager_sees_it_when_it_is_late(case: Any) -> None:
    adviser, manager, _reminder = case
    [task] = tasks(adviser)
    assert "张" in str(task.title)
    assert "小明" not in str(task.title)
    assert "24" in str(task.detail)
    assert (task.due_at, task.mine) == (AT + timedelta(days=3), True)
    assert tasks(make_staff(Role.ADVISER, make_unit())) == []
    assert tasks(manager) == []
    late = AT + timedelta(days=3, minutes=1)
    [watched] = tasks(manager, late)
    assert (watched.url, watched.mine) == (task.url, False)
    page = desk_of(adviser).get(task.url)
    assert page.status_code == 200


# --- the customer's page --------------------------------------------------------------------
def test_a_rumour_leads_to_its_fact_check_and_the_page_marks_what_it_shows(
    client: Client,
) -> None:
    customer, bank = a_customer("+8613900001001", language="zh-hans"), an_instrument()
    before = day_begins(DAY) - timedelta(days=1)
    item = a_released(a_check(instruments=[bank], expires_on=date(2027, 1, 1)), at=before)
    read_item(item=item, customer=customer, at=before)
    trades(an_account(customer), bank, count=1, day=DAY)
    remind(day=DAY, at=AT)
    assert kinds(customer) == ["rumour"]
    reminder = Reminder.objects.get()
    assert reminder.message is not None
    sign_in(client, customer.user, at=AT)
    url = reverse("content:reminders")
    page = client.get(url, headers={"accept-language": "zh-hans"}).content.decode()
    assert item.get_absolute_url() in page
    assert f'name="seen" value="{reminder.ref}"' in page
    client.post(url, {"seen": [reminder.ref, "x"]}, headers={"HX-Request": "true"})
    reminder.message.refresh_from_db()
    assert reminder.message.read_at == AT
    assert 'name="seen"' not in client.get(url).content.decode()


def test_saying_done_is_having_read_and_nobody_marks_what_is_not_theirs(client: Client) -> None:
    mine, other = (a_customer(f"+861390000100{number}") for number in (1, 2))
    facts = {"number": 24, "usual": "3", "days": 20, "fees": "1.00"}
    made = []
    for customer in (mine, other):
        message = send(
            kind="content.remind_trading",
            customer=customer,
            context={**facts, "link": "/insights/reminders/"},
            at=AT,
            dedupe_key=f"x:{customer.ref}",
        )
        row = a_reminder(customer)
        row.message = message
        row.save()
        made.append(row)
    sign_in(client, mine.user, at=AT)
    for row in made:
        client.post(reverse("content:reminders"), {"done": row.ref})
        client.post(reverse("content:reminders"), {"seen": row.ref})
    read = [Reminder.objects.get(pk=row.pk).message for row in made]
    assert [message and message.read_at for message in read] == [AT, None]


def test_older_reminders_stand_on_the_next_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("content.reminder_views.SHOWN", 2)
    customer = a_customer("+8613900001001")
    facts = {"number": 24, "usual": "3", "days": 20, "fees": "1.00"}
    for number in range(3):
        message = send(
            kind="content.remind_trading",
            customer=customer,
            context={**facts, "number": 70 + number, "link": "/insights/reminders/"},
            at=AT,
            dedupe_key=f"x:{number}",
        )
        row = a_reminder(customer) if not number else Reminder(
            customer=customer, kind="trading", subject=str(number), day=DAY, facts={},
            rule_version="v@1", made_at=AT,
        )  # fmt: skip
        row.message = message
        row.save()
    sign_in(client, customer.user, at=AT)
    page = client.get(reverse("content:reminders")).content.decode()
    assert "72" in page
    assert "70 笔" not in page
    link = f"?before={Reminder.objects.get(subject='1').ref}"
    assert link in page
    older = client.get(reverse("content:reminders") + link).content.decode()
    assert "70" in older
    assert "72 笔" not in older
