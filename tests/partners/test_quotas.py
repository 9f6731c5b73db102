"""How often a program may call: the usual figure, what two people agreed, and a brake at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.models import ClientQuota
from partners.use_cases.quotas import UnableToLimit, throttle
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import (
    ACTOR,
    Api,
    a_client,
    a_partner,
    a_quota,
    token_for,
)

pytestmark = pytest.mark.django_db


def caller(client_and_secret):
    return Api(token_for(client_and_secret[1]))


def quota_of(api) -> str:
    """The part of the policy that is about the client."""
    return api.get("me")["RateLimit-Policy"].rpartition('"client";')[2]


def approve(row, checker):
    decide(
        model=ClientQuota,
        ref=row.ref,
        checker=checker,
        decision=Decision.APPROVED,
        at=clock.now(),
    )


def test_without_an_agreement_the_usual_figure_of_the_rule_holds():
    assert quota_of(caller(a_client())) == "q=600;w=60"


def test_a_quota_counts_from_its_first_day_once_a_second_person_approved_it():
    manager, office = staff(Role.PARTNER_MANAGER), staff(Role.HEAD_OFFICE)
    made = a_client(a_partner(manager=manager))
    api, client = caller(made), made[0]
    today = business_date(clock.now())
    desk_of(manager).post(
        "/admin/partners/clientquota/add/",
        {
            "api_client": client.pk,
            "per_minute": 900,
            "reason": "年末批量推荐",
            "valid_from": today.isoformat(),
            "valid_to": "",
        },
    )
    row = ClientQuota.objects.get()
    assert quota_of(api) == "q=600;w=60"
    with pytest.raises(FourEyesRefused):
        approve(row, manager)
    approve(row, office)
    assert quota_of(api) == "q=900;w=60"


def test_the_latest_that_holds_counts_and_afterwards_the_usual_figure():
    made = a_client()
    today = business_date(clock.now())
    a_quota(made[0], per_minute=100, valid_from=today - timedelta(days=9))
    a_quota(made[0], per_minute=50, valid_from=today - timedelta(days=2), valid_to=today)
    a_quota(made[0], per_minute=7, valid_from=today + timedelta(days=1))
    assert quota_of(caller(made)) == "q=100;w=60"


def test_a_manager_brakes_at_once_and_takes_the_brake_off():
    manager = staff(Role.PARTNER_MANAGER)
    made = a_client(a_partner(manager=manager))
    api, desk = caller(made), desk_of(manager)
    url = f"/admin/partners/apiclient/{made[0].ref}/act/throttle/"
    assert api.get("me").status_code == 200
    desk.post(url, {"per_minute": "2", "reason": "请求异常"})
    answers = [api.get("me") for _each in range(3)]
    assert 429 in [answer.status_code for answer in answers]
    assert answers[-1].json()["code"] == "rate-limited"
    assert int(answers[-1]["Retry-After"]) > 0
    desk.post(url, {"per_minute": "", "reason": "已恢复"})
    assert quota_of(api) == "q=600;w=60"
    kept = Entry.objects.filter(kind="partners.client_throttled").order_by("pk")
    assert [entry.reason for entry in kept] == ["请求异常", "已恢复"]


def test_a_brake_never_allows_more_than_was_agreed():
    made = a_client()
    a_quota(made[0], per_minute=10)
    throttle(api_client=made[0], per_minute=500, reason="x", actor=ACTOR, at=clock.now())
    assert quota_of(caller(made)) == "q=10;w=60"


@pytest.mark.parametrize("values", [{"per_minute": 0}, {"per_minute": 10_001}, {"reason": " "}])
def test_a_brake_needs_a_figure_and_a_reason(values):
    client, _secret = a_client()
    given = {"per_minute": 5, "reason": "x", "actor": ACTOR, "at": clock.now()} | values
    with pytest.raises(UnableToLimit):
        throttle(api_client=client, **given)


@pytest.mark.parametrize("values", [{"per_minute": 0}, {"per_minute": 10_001}, {"reason": ""}])
def test_what_is_proposed_is_a_figure_with_a_reason(values):
    with pytest.raises(UnableToLimit):
        a_quota(a_client()[0], **values)


def test_a_manager_of_others_finds_no_program_to_brake():
    made = a_client(a_partner(manager=staff(Role.PARTNER_MANAGER)))
    desk = desk_of(staff(Role.PARTNER_MANAGER))
    url = f"/admin/partners/apiclient/{made[0].ref}/act/throttle/"
    assert desk.post(url, {"per_minute": "2", "reason": "x"}).status_code == 404
