"""Campaigns of offers: counted honestly, agreed by two, sent once to whom it still suits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import OrgUnit
from brokerage.backoffice.four_eyes import FourEyesRefused
from brokerage.core import clock
from brokerage.core.reminders import silences
from brokerage.core.roles import Role
from brokerage.core.shares import Share
from brokerage.journal.models import Entry
from brokerage.messaging import send
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from brokerage.messaging.use_cases.read_message import read_message
from brokerage.reference.use_cases.holds import place_hold
from products import tasks
from products.campaign_states import RunEnd, TargetStatus, Why
from products.models import Holding, Mute, Offer, OfferCampaign, OfferRun, OfferTarget, StatedWish
from products.selectors.campaigns import results_of
from products.selectors.reach import why_not
from products.use_cases.campaigning import audience_for, preview, stop_campaign
from products.use_cases.reading_wishes import read_wishes
from products.use_cases.refusals import UnableToList
from products.use_cases.sending_campaigns import begin_run, send_portion
from products.use_cases.suspending import suspend
from suitability.models import Exposure
from suitability.rules.matching import MatchOutcome
from suitability.use_cases.matching import match_customers
from tests.branches.factories import make_head_office, make_staff, make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.products.factories import (
    a_campaign,
    a_complaint,
    a_product,
    agreed,
    an_order,
    approve,
)
from tests.suitability.factories import (
    ANSWERS,
    AT,
    BOLD,
    a_confirmed_assessment,
)
from tests.suitability.professional import a_professional
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def unit() -> OrgUnit:
    load_texts(at=AT)
    return make_unit()


@pytest.fixture
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def at_home(unit: OrgUnit, number: int = 1, answers: Any = None, *, agrees: bool = True) -> Any:
    """A customer of class C4 (or of `answers`) at home in a unit, who agreed to offers."""
    customer = a_customer(f"+86139001{number:05d}")
    customer.home_outlet_ref = unit.ref
    customer.save()
    if answers != "none":
        a_confirmed_assessment(customer, answers)
    return agreed(customer) if agrees else customer


def reasons(unit: OrgUnit, product: Any, *customers: Any) -> list[str]:
    read_wishes(at=AT)
    audience = audience_for(unit=unit, product=product, kind="", on=AT.date())
    found = why_not(audience, [each.pk for each in customers], AT)
    return [found[each.pk] for each in customers]


def started(campaign: OfferCampaign) -> OfferRun:
    approve(campaign)
    return begin_run(run=OfferRun.objects.get(campaign=campaign), at=AT)


def test_everybody_of_the_unit_is_counted_once_at_the_first_reason(unit):
    product = a_product("R2")
    good = at_home(unit, 1)
    at_home(unit, 2, agrees=False)
    at_home(unit, 3, "none")
    complains = at_home(unit, 4)
    a_complaint(complains)
    Mute.objects.create(customer=complains, family="fund", since=AT)  # the first reason counts
    at_home(make_unit(), 5)
    read_wishes(at=AT)
    counts = preview(unit=unit, product=product, kind="", at=AT)
    assert (counts.reached, counts.whole) == (1, 4)
    assert counts.against == {"consent": 1, "assessment": 1, "closed": 1}
    assert preview(unit=unit, product=product, kind="organisation", at=AT).whole == 0
    assert reasons(unit, product, good) == [""]
    assert [words for words, _n in counts.lines] == [
        str(why.label) for why in Why if why.value in counts.against
    ]


def test_head_office_counts_everybody_and_a_unit_whoever_is_at_home_below(unit):
    product = a_product("R2")
    at_home(unit, 1)
    a_customer("+8613900139777")  # at home nowhere
    company = OrgUnit.objects.above(unit, AT.date()).get(kind="branch_company")
    assert preview(unit=company, product=product, kind="", at=AT).whole == 1
    assert preview(unit=make_head_office(), product=product, kind="", at=AT).whole == 2


def test_each_reason_is_found(unit, monkeypatch):
    product = a_product("R3", item={"type": "equity", "months": 24})
    names = ["no_inbox", "closed", "muted", "declined", "has", "unread", "often", "silent", "good"]
    someone = {name: at_home(unit, number) for number, name in enumerate(names)}
    read_wishes(at=AT)
    someone["no_inbox"].user.is_active = False
    someone["no_inbox"].user.save()
    place_hold(
        subject_type="customers.customer",
        subject_ref=someone["closed"].ref,
        reason="案号 1",
        by=make_staff_user().ref,
        at=AT,
    )
    Mute.objects.create(customer=someone["muted"], family="fund", since=AT)
    an_old_offer(someone["declined"], product, on=AT.date() - 30 * DAY, declined=True)
    Holding.objects.create(customer=someone["has"], product=product, units=1)
    StatedWish.objects.filter(customer=someone["unread"]).delete()
    an_old_offer(someone["often"], a_product(), on=AT.date() - 2 * DAY)
    monkeypatch.setitem(
        silences._items, "tests.silence", lambda keys, at: {someone["silent"].pk: "quiet"}
    )
    audience = audience_for(unit=unit, product=product, kind="", on=AT.date())
    found = why_not(audience, [each.pk for each in someone.values()], AT)
    expected = dict.fromkeys(names, "") | {
        "no_inbox": "no_inbox",
        "closed": "closed",
        "muted": "muted",
        "declined": "muted",
        "has": "has",
        "unread": "unread",
        "often": "often",
        "silent": "silence",
    }
    assert {name: found[each.pk] for name, each in someone.items()} == expected


def an_old_offer(customer: Any, product: Any, *, on: Any, declined: bool = False) -> Offer:
    return Offer.objects.create(
        customer=customer,
        product=product,
        on=on,
        rule_version="products.ranking@2026-01-01",
        made_at=AT - 30 * DAY,
        declined_at=AT if declined else None,
    )


@given(
    grade=st.sampled_from(["R1", "R2", "R3", "R4", "R5"]),
    kind=st.sampled_from(["fixed_income", "equity", "derivatives", "complex"]),
    months=st.sampled_from([0, 12, 13, 60, 61]),
)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_counting_agrees_with_matching(many, grade: str, kind: str, months: int):
    unit, customers = many
    product = a_product(grade, item={"type": kind, "months": months})
    found = reasons(unit, product, *customers)
    truth = match_customers(
        item=product.item, customers=[each.pk for each in customers], on=AT.date()
    )
    suits = [decision.outcome is MatchOutcome.MATCH for _key, decision in truth]
    assert [each == "" for each in found] == suits
    assert set(found) <= {"", "risk", "time", "type", "assessment"}


@pytest.fixture
def many(unit) -> tuple[OrgUnit, list[Any]]:
    customers = [
        at_home(unit, 1),
        at_home(unit, 2, BOLD),
        at_home(unit, 3, ANSWERS | {"horizon": ["one_year"]}),
        at_home(unit, 4, BOLD | {"full_capacity": ["no"]}),
        at_home(unit, 5, "none"),
    ]
    customers.append(agreed(a_professional(a_customer("+8613900139222")).customer))
    customers[-1].home_outlet_ref = unit.ref
    customers[-1].save()
    return unit, customers


def test_a_wish_is_read_once_again_after_another_assessment_and_forgotten_without_consent(unit):
    customer = at_home(unit)
    assert (read_wishes(at=AT), read_wishes(at=AT)) == (1, 0)
    assert StatedWish.objects.get().types == ["equity", "fixed_income"]
    later = AT + DAY
    a_confirmed_assessment(customer, ANSWERS | {"horizon": ["one_year"]}, at=later, changed="买房")
    assert read_wishes(at=later) == 1
    assert StatedWish.objects.get().horizon == "one_year"
    customer.consents.filter(purpose="marketing").update(withdrawn_at=later)
    assert read_wishes(at=later) == 0
    assert not StatedWish.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": AT.date() - DAY}, "last_day"),
        ({"name": " "}, "name"),
        ({"product": "private"}, "product"),
        ({"product": "entry"}, "product"),
        ({"product": "elsewhere"}, "unit"),
        ({"product": "risky"}, "product"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(unit, change: dict[str, Any], field: str):
    at_home(unit)
    read_wishes(at=AT)
    made = {
        "private": lambda: a_product("R2", family="private"),
        "entry": lambda: a_product("R2", item={"requirements": ["qualified"]}),
        "elsewhere": lambda: a_product("R2", terms={"unit": make_unit()}),
        "risky": lambda: a_product("R5"),
    }
    if "product" in change:
        change = {"product": made[change["product"]]()}
    with pytest.raises(UnableToList) as refused:
        a_campaign(unit, **change)
    assert field in refused.value.errors
    assert not OfferCampaign.objects.exists()


def test_its_maker_cannot_agree_and_nothing_is_sent_before_a_second_person_does(unit):
    at_home(unit)
    maker = make_staff(Role.HEAD_OFFICE)
    campaign = a_campaign(unit, maker=maker)
    with pytest.raises(FourEyesRefused):
        approve(campaign, by=maker)
    assert not OfferRun.objects.exists()
    approve(campaign)
    run = OfferRun.objects.get()
    assert (run.begun_at, run.ended_at) == (None, None)
    assert campaign.preview == {"reached": 1, "against": {}}


@pytest.mark.parametrize("what", ["late", "suspended"])
def test_what_could_not_be_sent_is_not_agreed_to(unit, what: str):
    at_home(unit)
    campaign = a_campaign(unit)
    if what == "suspended":
        suspend(product=campaign.product, reason="净值异常", by=make_staff_user(), at=AT)
    with pytest.raises(FourEyesRefused):
        approve(campaign, at=AT + (40 * DAY if what == "late" else DAY))


def test_it_is_sent_in_portions_once_with_an_exposure_each(unit):
    customers = [at_home(unit, number) for number in range(3)]
    run = started(a_campaign(unit))
    assert run.counts["reached"] == 3
    assert send_portion(run=run, at=AT, size=2)
    assert Message.objects.filter(purpose="marketing").count() == 2
    begin_run(run=run, at=AT)  # a worker that was cut off begins anew
    assert send_portion(run=run, at=AT, size=2)
    assert not send_portion(run=run, at=AT, size=2)
    run.refresh_from_db()
    assert (run.end, run.ended_at) == (RunEnd.DONE, AT)
    assert not send_portion(run=run, at=AT)
    told = Message.objects.filter(purpose="marketing").values_list("user", flat=True)
    assert sorted(told) == sorted(each.user_id for each in customers)
    shown = Exposure.objects.filter(way="sent", item=run.campaign.product.item)
    assert set(shown.values_list("customer", flat=True)) == {each.pk for each in customers}
    kinds = Entry.objects.filter(kind__startswith="products.offer_campaign").order_by("id")
    assert [kind.rpartition("_")[2] for kind in kinds.values_list("kind", flat=True)] == [
        "proposed",
        "agreed",
        "begun",
        "ended",
    ]


def test_what_is_cut_off_in_the_middle_leaves_nothing_half_done(unit, monkeypatch):
    for number in range(2):
        at_home(unit, number)
    run = started(a_campaign(unit))
    calls: list[Any] = []

    def dies(**values: Any) -> Any:
        calls.append(values)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return send(**values)

    monkeypatch.setattr("products.use_cases.sending_campaigns.send", dies)
    with pytest.raises(KeyboardInterrupt):
        send_portion(run=run, at=AT)
    assert set(run.targets.values_list("status", flat=True)) == {TargetStatus.WAITING}
    assert not Message.objects.filter(purpose="marketing").exists()
    assert send_portion(run=run, at=AT)
    assert Message.objects.filter(purpose="marketing").count() == 2


def test_each_is_looked_at_again_when_the_turn_comes(unit):
    withdrew, jumped, limited, good = (at_home(unit, number) for number in range(4))
    campaign = a_campaign(unit, product=a_product("R4", item={"type": "equity"}))
    run = started(campaign)
    withdrew.consents.filter(purpose="marketing").update(withdrawn_at=AT)
    # a newer assessment that nobody has read for counting yet
    a_confirmed_assessment(
        jumped, ANSWERS | {"intended": ["fixed_income"]}, at=AT, changed="只想买债券"
    )
    for number in range(20):
        a_message_of_offers(limited, number)
    send_portion(run=run, at=AT)
    found = dict(OfferTarget.objects.values_list("customer", "why"))
    assert found == {
        withdrew.pk: Why.CONSENT,
        jumped.pk: Why.TYPE,
        limited.pk: Why.LIMIT,
        good.pk: "",
    }
    assert Message.objects.filter(dedupe_key__startswith="products.campaign").count() == 1


def a_message_of_offers(customer: Any, number: int) -> None:
    from brokerage.messaging.texts import current

    text = current("products.campaign", AT)
    Message.objects.create(
        user=customer.user,
        text=text,
        purpose="marketing",
        language="en",
        dedupe_key=f"tests:{customer.ref}:{number}",
        rule_version="tests",
        created_at=AT,
    )


def test_two_campaigns_keep_their_distance(unit):
    customer = at_home(unit)
    run = started(a_campaign(unit))
    send_portion(run=run, at=AT)
    other = a_product("R1")
    assert reasons(unit, other, customer) == [Why.OFTEN]


@pytest.mark.parametrize(
    ("end", "later"), [(RunEnd.STOPPED, 0), (RunEnd.OVER, 40), (RunEnd.OFF, 0)]
)
def test_it_ends_at_once_when_it_has_to(unit, end: RunEnd, later: int):
    at_home(unit)
    run = started(a_campaign(unit))
    if end is RunEnd.STOPPED:
        stop_campaign(campaign=run.campaign, by=make_staff_user(), at=AT)
        with pytest.raises(UnableToList):
            stop_campaign(campaign=run.campaign, by=make_staff_user(), at=AT)
    if end is RunEnd.OFF:
        suspend(product=run.campaign.product, reason="净值异常", by=make_staff_user(), at=AT)
    assert not send_portion(run=run, at=AT + later * DAY)
    run.refresh_from_db()
    assert run.end == end
    assert not Message.objects.filter(purpose="marketing").exists()


def test_how_it_went_is_counted(unit, django_assert_num_queries):
    opens, orders, _none = (at_home(unit, number) for number in range(3))
    run = started(a_campaign(unit))
    held = OfferTarget.objects.get(customer=_none)
    send_portion(run=run, at=AT, size=2)
    held.status, held.why, held.done_at = TargetStatus.HELD, Why.SILENCE, AT
    held.save()
    message = Message.objects.get(user=opens.user, purpose="marketing")
    read_message(user=opens.user, ref=message.ref, at=AT + DAY)
    an_order(orders, unit, run.campaign.product, placed_at=AT + 29 * DAY)
    an_order(opens, unit, run.campaign.product, placed_at=AT + 31 * DAY)
    with django_assert_num_queries(3):
        found = results_of(run)
    assert (found.sent, found.waiting, found.held_back) == (2, 0, 1)
    assert (found.opened, found.acted) == (Share(1, 2), Share(1, 2))


def test_the_job_reads_finds_and_sends_and_goes_on_by_itself(unit, on_monday, monkeypatch):
    for number in range(3):
        at_home(unit, number)
    read_wishes(at=AT)
    approve(a_campaign(unit))
    StatedWish.objects.all().delete()
    monkeypatch.setattr(tasks, "PORTIONS", 1)
    tasks.carry_campaigns_on(0)
    tasks.carry_campaigns_on(0)
    assert OfferRun.objects.get().end == RunEnd.DONE
    assert OfferTarget.objects.filter(status=TargetStatus.SENT).count() == 3
    tasks.carry_campaigns_on(0)


def page(user: Any, address: str) -> Any:
    return sign_in(Client(headers={"accept-language": "zh-hans"}), user).get(address)


def test_a_manager_counts_and_proposes_for_the_units_below_alone(unit, on_monday):
    at_home(unit)
    read_wishes(at=AT)
    product, other = a_product("R2"), make_unit()
    manager = make_staff(Role.BRANCH_MANAGER, unit)
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), manager)
    address = "/admin/products/offercampaign/preview/"
    asked = f"?unit={unit.pk}&product={product.pk}&kind="
    shown = client.get(address + asked)
    assert shown.context["counts"].reached == 1
    assert f"unit={unit.pk}" in shown.context["add_url"]
    assert client.get(f"{address}?unit={other.pk}&product={product.pk}").context["form"].errors
    given = {
        "name": "三月",
        "unit": unit.pk,
        "product": product.pk,
        "kind": "",
        "last_day": "2026-03-20",
    }
    add = "/admin/products/offercampaign/add/"
    assert client.post(add, given | {"unit": other.pk}).status_code == 200
    assert client.post(add, given).status_code == 302
    row = OfferCampaign.objects.get()
    assert row.made_by_ref == manager.ref
    own = f"/admin/products/offercampaign/{row.ref}/change/"
    assert "1 " in client.get(own).content.decode()
    assert page(make_staff(Role.BRANCH_MANAGER, other), own).status_code == 404
    assert page(make_staff(Role.ADVISER, unit), address).status_code == 403


def test_the_page_shows_how_it_went_and_stops_it(unit, on_monday):
    at_home(unit)
    run = started(a_campaign(unit))
    send_portion(run=run, at=AT)
    client = sign_in(Client(headers={"accept-language": "en"}), make_staff(Role.HEAD_OFFICE))
    address = f"/admin/products/offercampaign/{run.campaign.ref}/"
    shown = client.get(f"{address}change/")
    assert "too few to tell" in shown.content.decode()
    client.post(f"{address}act/stop/")
    run.refresh_from_db()
    assert run.end == RunEnd.STOPPED
    assert "Stop now" not in client.get(f"{address}change/").content.decode()
