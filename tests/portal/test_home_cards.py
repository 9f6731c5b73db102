"""What the home of a real customer shows: only what is true, few queries, five cards at most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.states import Status
from accounts.use_cases import submit_application
from branches.models import OrgUnit
from brokerage.core import home_cards
from brokerage.core.registry import Registry
from brokerage.core.roles import Role
from brokerage.messaging import send
from suitability.home import cards as suitability_cards
from tests.accounts.factories import ACTOR, a_complete_draft, a_draft, an_application
from tests.branches.factories import make_staff, make_unit
from tests.content.factories import a_released
from tests.customers.factories import a_customer
from tests.holdings.factories import a_snapshot
from tests.suitability.factories import a_confirmed_assessment, an_answered_assessment
from tests.users.factories import make_staff_user, sign_in
from tests.visits.factories import a_visit, an_outlet

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def cards(user, at, mode="plain") -> dict[str, str]:
    """Keys and texts of the cards, in English."""
    with translation.override("en"):
        return {card.key: card.text for card in home_cards.chosen(user, at, mode=mode)}


def test_the_outlet_of_a_sent_application_becomes_my_outlet(at) -> None:
    outlet = make_unit(name_en="Jinhua")
    draft = a_complete_draft(outlet=outlet, at=at)
    customer = draft.customer
    assert "branches.outlet" not in cards(customer.user, at)
    submit_application(application=draft, actor=ACTOR, at=at)
    assert cards(customer.user, at)["branches.outlet"] == "Jinhua"
    customer.refresh_from_db()
    assert customer.home_outlet_ref == outlet.ref


def test_my_outlet_names_who_leads_it(at) -> None:
    outlet = make_unit(name_en="Jinhua")
    head = make_staff(Role.BRANCH_MANAGER, outlet)
    user = an_application(outlet=outlet, at=at).applicant
    assert cards(user, at)["branches.outlet"] == f"Jinhua, led by {head.display_name}"
    assert "branches.outlet" not in cards(user, at, "trade")


def test_a_closed_outlet_is_not_mine(at) -> None:
    outlet = make_unit()
    user = an_application(outlet=outlet, at=at).applicant
    closing = OrgUnit.objects.filter(pk=outlet.pk)
    closing.update(closed_on=(at - DAY).date())
    assert "branches.outlet" not in cards(user, at)
    closing.update(
        closed_on=None
    )  # at its end the database refuses a closed outlet with customers


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (Status.DRAFT, "accounts.continue"),
        (Status.SUBMITTED, "accounts.waiting"),
        (Status.RETURNED, "accounts.returned"),
        (Status.APPROVED, "accounts.approved"),
        (Status.WITHDRAWN, "accounts.begin"),
        (Status.REJECTED, "accounts.again"),
    ],
)
def test_the_card_of_the_application_follows_its_state(at, status, key) -> None:
    user = an_application(status, at=at).applicant
    shown = [name for name in cards(user, at) if name.startswith("accounts.")]
    assert shown == [key]


def test_a_final_refusal_leaves_no_card(at) -> None:
    application = an_application(Status.REJECTED, at=at)
    application.final = True
    application.save()
    assert not [name for name in cards(application.applicant, at) if name.startswith("accounts.")]


def test_a_result_is_to_be_renewed_in_its_last_thirty_days(at) -> None:
    result = a_confirmed_assessment(a_customer(), at=at)
    user, ends = result.customer.user, result.valid_until
    day = at + (ends - at.date()) * 1
    assert not list(suitability_cards(user, day - 31 * DAY))
    (soon,) = suitability_cards(user, day - 30 * DAY)
    (over,) = suitability_cards(user, day)
    assert soon.title != over.title


def test_a_result_nobody_confirmed_is_no_duty(at) -> None:
    customer = a_customer()
    an_answered_assessment(customer, at=at)
    assert not list(suitability_cards(customer.user, at + 999 * DAY))


def _say(user, at) -> None:
    send(
        kind="users.switched_on",
        user=user,
        context={"at": at.isoformat()},
        at=at,
        dedupe_key="one",
    )


@pytest.mark.parametrize("make", [make_staff_user])
def test_staff_have_no_customer_cards(at, make) -> None:
    assert cards(make(), at) == {}


@pytest.mark.usefixtures("on_monday")
def test_the_fullest_home_takes_eight_queries(client, at, django_assert_num_queries) -> None:
    """Somebody active with a visit ahead, assets, a message, an outlet and something to read."""
    outlet = an_outlet()
    make_staff(Role.BRANCH_MANAGER, outlet)
    customer = an_application(Status.ACTIVE, outlet=outlet, at=at).customer
    a_visit(outlet, customer=customer)
    a_snapshot(customer, at.date(), 90_000)
    _say(customer.user, at)
    a_released(at=at - DAY)
    assert customer.user is not None
    sign_in(client, customer.user)
    client.get("/")
    with django_assert_num_queries(8):
        answer = client.get("/")
    assert [card.key for card in answer.context["cards"]] == [
        "branches.visit",
        "messaging.unread",
        "branches.outlet",
        "holdings.assets",
        "content.insights",
    ]


def test_a_home_that_cannot_show_an_offer_does_not_ask_for_one(at, monkeypatch) -> None:
    asked: list[str] = []
    user = an_application(Status.DRAFT, at=at).applicant
    registry = Registry[home_cards.Source]("trial")

    def offer(user, at):
        asked.append("offer")
        return []

    registry.register("trial", offer)
    monkeypatch.setattr(home_cards, "offers", registry)
    assert list(cards(user, at)) == ["accounts.continue"]
    assert asked == []
    active = an_application(Status.ACTIVE, customer=a_customer("+8613800138001"), at=at).applicant
    assert list(cards(active, at, "trade")) == []
    assert asked == []
    assert list(cards(active, at)) == ["branches.outlet"]
    assert asked == ["offer"]


def test_the_home_of_an_application_takes_few_queries(
    client, at, django_assert_max_num_queries
) -> None:
    outlet = make_unit()
    make_staff(Role.BRANCH_MANAGER, outlet)
    application = an_application(Status.RETURNED, outlet=outlet, at=at)
    assert application.applicant is not None
    _say(application.applicant, at)
    sign_in(client, application.applicant)
    client.get("/")
    with django_assert_max_num_queries(6):  # one asks why steps came back
        answer = client.get("/")
    keys = [card.key for card in answer.context["cards"]]
    assert keys == ["accounts.returned", "messaging.unread", "branches.outlet"]


def test_a_first_visit_offers_the_beginning_and_nothing_else(at) -> None:
    assert list(cards(a_customer().user, at)) == ["accounts.begin"]
    assert list(cards(a_draft(a_customer("+8613800138001"), at=at).applicant, at)) == [
        "accounts.continue"
    ]
