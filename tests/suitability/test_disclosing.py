"""What is told before a sale: what is owed to whom, in which order, for how long it counts."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.journal.models import Entry
from suitability.models import Disclosure, MatchRecord
from suitability.replaying import disclosure_differences
from suitability.rules.matching import Duty
from suitability.states import DisclosureStatus
from suitability.use_cases.disclosing import (
    UnableToDisclose,
    accept_points,
    acknowledge_five,
    begin_disclosure,
    confirm_disclosure,
    give_up_disclosure,
    show_points,
)
from suitability.use_cases.duties import DutyOpen, NothingToSell, require_told
from suitability.use_cases.insisting import (
    acknowledge_warning,
    ask_to_insist,
    confirm_insisting,
    show_warning,
)
from tests.customers.factories import a_customer
from tests.suitability.factories import ACTOR, AT, BOLD, a_confirmed_assessment
from tests.suitability.matching import a_decision, a_graded_item, a_proposed_grade, approve
from tests.suitability.professional import a_professional
from tests.threads import together
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
READ, DAY = timedelta(seconds=15), timedelta(days=1)
_numbers = count(1)


def a_buyer(at: Any = AT) -> Any:
    """Somebody of class C5 whom everything suits."""
    customer = a_customer(f"+861350077{next(_numbers):04d}")
    a_confirmed_assessment(customer, BOLD, at=at)
    return customer


def a_fit(grade: str = "R3", at: Any = AT) -> MatchRecord:
    return a_decision(a_buyer(at), a_graded_item(grade, type="equity"), at=at)


def begun(decision: MatchRecord, at: Any = AT) -> Disclosure:
    return begin_disclosure(decision=decision, language="zh-hans", actor=ACTOR, at=at)


def told(decision: MatchRecord, at: Any = AT) -> Disclosure:
    row = begun(decision, at)
    return acknowledge_five(row=row, text=row.text, actor=ACTOR, at=at + READ)


def thought(decision: MatchRecord, at: Any = AT) -> Disclosure:
    row = show_points(row=told(decision, at), extra="自有资金", actor=ACTOR, at=at + READ)
    return accept_points(row=row, text=row.special_text, actor=ACTOR, at=at + 2 * READ)


def duty(decision: MatchRecord, at: Any = AT) -> Duty | None:
    try:
        require_told(decision=decision, at=at)
    except DutyOpen as open_:
        return open_.duty
    return None


def test_five_items_are_owed_and_then_the_sale_is_open() -> None:
    decision = a_fit()
    assert duty(decision) is Duty.DISCLOSE
    done = told(decision)
    assert done.status == DisclosureStatus.DONE
    assert duty(decision) is None
    assert list(disclosure_differences([done])) == []
    call_command("replay_decisions", stdout=StringIO())
    kinds = set(Entry.objects.filter(subject_ref=done.ref).values_list("kind", flat=True))
    steps = ("shown", "read", "done")
    assert kinds == {f"suitability.disclosure_{step}" for step in steps}


def test_a_professional_is_owed_nothing() -> None:
    customer = a_customer(f"+861350077{next(_numbers):04d}")
    a_professional(customer)
    decision = a_decision(customer, a_graded_item("R5", type="derivatives"))
    assert duty(decision) is None
    with pytest.raises(UnableToDisclose):
        begun(decision)


def test_it_counts_some_days_for_the_same_grade_only() -> None:
    decision = a_fit()
    told(decision)
    for days, open_ in ((1, None), (7, None), (8, Duty.DISCLOSE)):
        at = AT + days * DAY
        later = a_decision(decision.customer, decision.item, at=at)
        assert duty(later, at) is open_
    approve(a_proposed_grade(decision.item, "R4", valid_from=business_date(AT + DAY)))
    moved = a_decision(decision.customer, decision.item, at=AT + DAY)
    assert duty(moved, AT + DAY) is Duty.DISCLOSE


def test_a_decision_of_another_day_or_a_refusal_opens_nothing() -> None:
    decision = a_fit()
    with pytest.raises(NothingToSell):
        require_told(decision=decision, at=AT + DAY)
    with pytest.raises(UnableToDisclose):
        begun(decision, AT + DAY)
    refused = a_decision(a_customer(f"+861350077{next(_numbers):04d}"), a_graded_item("R3"))
    with pytest.raises(NothingToSell):
        require_told(decision=refused, at=AT)
    with pytest.raises(UnableToDisclose):
        begun(refused)


def test_reading_takes_time_and_the_version_counts() -> None:
    row = begun(a_fit())
    with pytest.raises(UnableToDisclose):
        acknowledge_five(row=row, text=row.text, actor=ACTOR, at=AT + READ / 3)
    with pytest.raises(UnableToDisclose):
        acknowledge_five(row=row, text="x@2020-01-01", actor=ACTOR, at=AT + READ)


def test_a_high_risk_sale_takes_the_special_procedure() -> None:
    decision = a_fit("R5")
    assert duty(decision) is Duty.SPECIAL_PROCEDURE
    row = told(decision)
    assert row.status == DisclosureStatus.READ
    with pytest.raises(UnableToDisclose):
        show_points(row=row, extra=" ", actor=ACTOR, at=AT)
    with pytest.raises(UnableToDisclose):
        confirm_disclosure(row=row, actor=ACTOR, at=AT + DAY)
    row = show_points(row=row, extra="自有资金，三年不用", actor=ACTOR, at=AT + READ)
    with pytest.raises(UnableToDisclose):
        accept_points(row=row, text=row.special_text, actor=ACTOR, at=AT + READ)
    row = accept_points(row=row, text=row.special_text, actor=ACTOR, at=AT + 2 * READ)
    with pytest.raises(UnableToDisclose):
        confirm_disclosure(row=row, actor=ACTOR, at=AT + DAY)
    done = confirm_disclosure(row=row, actor=ACTOR, at=AT + DAY + 2 * READ)
    assert list(disclosure_differences([done])) == []
    at = AT + DAY + 3 * READ
    later = a_decision(decision.customer, decision.item, at=at)
    assert duty(later, at) is None


def test_a_grade_that_moved_meanwhile_closes_it() -> None:
    decision = a_fit("R4")
    row = begun(decision)
    approve(a_proposed_grade(decision.item, "R5", valid_from=business_date(AT + DAY)))
    with pytest.raises(UnableToDisclose):
        acknowledge_five(row=row, text=row.text, actor=ACTOR, at=AT + DAY)


def test_what_does_not_suit_takes_the_insist_route_as_well() -> None:
    customer = a_customer(f"+861350077{next(_numbers):04d}")
    a_confirmed_assessment(customer)  # C4
    decision = a_decision(customer, a_graded_item("R5", type="equity"))
    assert duty(decision) is Duty.INSIST_ROUTE
    case = ask_to_insist(
        decision=decision, wish="自己研究过", language="zh-hans", actor=ACTOR, at=AT
    )
    case = show_warning(case=case, actor=ACTOR, at=AT)
    case = acknowledge_warning(case=case, warning=case.warning, actor=ACTOR, at=AT)
    confirm_insisting(case=case, actor=ACTOR, at=AT + timedelta(minutes=31))
    assert duty(decision) is Duty.SPECIAL_PROCEDURE
    confirm_disclosure(row=thought(decision), actor=ACTOR, at=AT + DAY + 2 * READ)
    at = AT + DAY + 3 * READ
    later = a_decision(customer, decision.item, at=at)
    assert duty(later, at) is Duty.INSIST_ROUTE


def test_given_up_is_given_up_and_an_ended_one_never_changes() -> None:
    row = give_up_disclosure(row=thought(a_fit("R5")), actor=ACTOR, at=AT + DAY)
    with pytest.raises(UnableToDisclose):
        confirm_disclosure(row=row, actor=ACTOR, at=AT + 2 * DAY)
    done = told(a_fit())
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=done.pk).update(shown_at=AT - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=begun(a_fit("R5")).pk).update(status="thinking")


@pytest.mark.django_db(transaction=True)
def test_two_devices_acknowledge_once() -> None:
    decision = a_fit()
    row = begun(decision)

    def reads() -> str:
        try:
            return str(acknowledge_five(row=row, text=row.text, actor=ACTOR, at=AT + READ).status)
        except UnableToDisclose:
            return "late"
        finally:
            connection.close()

    assert sorted(together(reads, times=2)) == ["done", "late"]


# in the browser


def signed_in(customer: Any) -> Client:
    return sign_in(Client(headers={"Accept-Language": "en"}), customer.user, stepped_up=True)


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_pages_lead_through_the_special_procedure_and_a_get_writes_nothing() -> None:
    decision = a_fit("R5", at=clock.now())
    client = signed_in(decision.customer)
    start = reverse("suitability:decision", args=[decision.ref])
    page = reverse("suitability:disclosure", args=[decision.ref])
    assert "What you have to know before you buy" in text(client, start)
    assert client.get(page)["Location"] == start
    assert not Disclosure.objects.exists()
    client.post(page)
    row = Disclosure.objects.get()
    shown = text(client, page)
    assert "Five things before you buy" in shown
    assert "This suits you" in shown
    quick = client.post(page, {"text": row.text, "read": "on"})
    assert (quick.status_code, "10 seconds" in quick.content.decode()) == (409, True)
    Disclosure.objects.update(shown_at=clock.now() - DAY)
    assert client.post(page, {"text": row.text}).status_code == 422
    client.post(page, {"text": row.text, "read": "on"})
    assert client.post(page, {"extra": ""}).status_code == 422
    client.post(page, {"extra": "My own savings"})
    assert "What to know of a high-risk product" in text(client, page)
    row.refresh_from_db()
    Disclosure.objects.update(
        shown_at=clock.now() - 3 * DAY,
        read_at=clock.now() - 2 * DAY,
        warned_at=clock.now() - DAY / 2,
    )
    client.post(page, {"text": row.special_text, "read": "on"})
    assert "You can confirm from" in text(client, page)
    assert client.post(page).status_code == 409
    client.post(page, {"step": "give_up"})
    assert "You have given it up" in text(client, page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(360, "zh-hans"), (1280, "en")])
def test_the_pages_are_sound(live_server: Any, visit: Any, width: int, language: str) -> None:
    now = clock.now() - DAY / 24
    customer = a_buyer(now)
    cases = [a_decision(customer, a_graded_item("R5", type="equity"), at=now) for _ in range(4)]
    begun(cases[0], now)
    told(cases[1], now)
    thought(cases[2], now)
    key = signed_in(customer).cookies["sessionid"].value
    urls = [reverse("suitability:disclosure", args=[each.ref]) for each in cases[:3]]
    urls.append(reverse("suitability:decision", args=[cases[3].ref]))
    found = []
    for url in urls:
        cookies = {"sessionid": key, "language": language}
        shown = visit(live_server.url + url, width=width, cookies=cookies)
        found += [f"{url}: {one}" for one in [*shown.problems, *shown.axe()]]
        if shown.overflows():
            found.append(f"{url}: wider than the window")
    assert found == []
