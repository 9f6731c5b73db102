"""An institution changes, pauses and tests its endpoints."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook

from brokerage.core import clock
from brokerage.journal.models import Entry
from partners.models import PartnerEvent, WebhookDelivery, WebhookEndpoint
from partners.states import DeliveryState, EventKind, WebhookStatus
from partners.use_cases.deliver_webhooks import deliver_to
from partners.use_cases.ping_webhook import AT_MOST, WITHIN
from partners.use_cases.webhooks import set_webhook_status
from tests.partners.factories import (
    ACTOR,
    Api,
    a_partner,
    a_webhook,
    an_api,
    an_operator,
    operator_desk,
)
from tests.partners.test_webhooks import Receiver, receiver, told
from tests.threads import together

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://elsewhere.example.com/in"


def change(api: Api, hook: WebhookEndpoint, tag: str | None = None, **values: Any) -> Any:
    """PATCH as a program sends it; with the tag of the moment where none is given."""
    url = f"webhooks/{hook.ref}"
    tag = api.get(url).headers["ETag"] if tag is None else tag
    return api.client.patch(
        f"/api/v1/{url}",
        json.dumps(values),
        content_type="application/json",
        headers=api.headers | ({"If-Match": tag} if tag else {}),
    )


@pytest.fixture
def partner() -> Any:
    return a_partner()


@pytest.fixture
def hook(partner: Any) -> WebhookEndpoint:
    return a_webhook(partner)


@pytest.fixture
def api(partner: Any) -> Api:
    return an_api(partner)


# --- changes --------------------------------------------------------------------------------
def test_address_and_kinds_change_and_what_is_not_sent_stays(
    api: Api, hook: WebhookEndpoint
) -> None:
    answer = change(api, hook, url=ELSEWHERE)
    assert answer.status_code == 200
    assert (answer.json()["url"], answer.json()["kinds"]) == (ELSEWHERE, [])
    answer = change(api, hook, kinds=["lead.created", "campaign.ended", "lead.created"])
    assert answer.json()["kinds"] == ["campaign.ended", "lead.created"]
    assert (answer.json()["url"], answer.json()["version"]) == (ELSEWHERE, 3)
    assert answer.headers["ETag"] == api.get(f"webhooks/{hook.ref}").headers["ETag"]
    entry = Entry.objects.filter(kind="partners.webhook_changed").latest("pk")
    assert entry.payload["changed"] == ["kinds"]


def test_nothing_changed_is_no_new_version(api: Api, hook: WebhookEndpoint) -> None:
    for values in ({}, {"url": hook.url}, {"paused": False}):
        assert change(api, hook, **values).json()["version"] == 1
    assert not Entry.objects.filter(kind="partners.webhook_changed").exists()


def test_a_change_needs_the_version_it_was_made_on(api: Api, hook: WebhookEndpoint) -> None:
    assert change(api, hook, tag="", url=ELSEWHERE).status_code == 428
    assert change(api, hook, tag='"old"', url=ELSEWHERE).status_code == 412
    hook.refresh_from_db()
    assert hook.url != ELSEWHERE


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"url": "http://localhost/"}, "/url"),
        ({"url": "https://user@a.example/"}, "/url"),
        ({"url": None}, "/url"),
        ({"kinds": ["lead.invented"]}, "/kinds"),
        ({"kinds": ["webhook.ping"]}, "/kinds"),
        ({"paused": "true"}, "/paused"),
        ({"paused": 1}, "/paused"),
        ({"secret": "whsec_mine"}, "/secret"),
        ({"status": "active"}, "/status"),
    ],
)
def test_what_cannot_be_is_pointed_at(
    values: Any, pointer: str, api: Api, hook: WebhookEndpoint
) -> None:
    answer = change(api, hook, **values)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    hook.refresh_from_db()
    assert hook.version == 1


def test_an_address_is_kept_once(api: Api, hook: WebhookEndpoint, partner: Any) -> None:
    other = a_webhook(partner, ELSEWHERE)
    answer = change(api, hook, url=ELSEWHERE)
    assert answer.json()["errors"][0]["pointer"] == "/url"
    set_webhook_status(endpoint=other, status=WebhookStatus.REMOVED, actor=ACTOR, at=clock.now())
    assert change(api, hook, url=ELSEWHERE).status_code == 200


def test_endpoints_of_others_are_neither_changed_nor_tested(hook: WebhookEndpoint) -> None:
    other = an_api(a_partner("别家"))
    assert change(other, hook, tag="*", url=ELSEWHERE).status_code == 404
    assert other.post(f"webhooks/{hook.ref}/ping", "{}", "p").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_on_one_version_one_is_refused(hook: WebhookEndpoint, api: Api) -> None:
    tag = api.get(f"webhooks/{hook.ref}").headers["ETag"]
    kinds = iter(["lead.created", "campaign.ended"])

    def send() -> int:
        try:
            return int(change(api, hook, tag=tag, kinds=[next(kinds)]).status_code)
        finally:
            connection.close()

    assert sorted(together(send, times=2)) == [200, 412]


# --- pauses ---------------------------------------------------------------------------------
def test_what_happens_in_a_pause_goes_out_after_it(
    api: Api, partner: Any, receiver: Receiver
) -> None:
    hook = a_webhook(partner, receiver.url)
    paused = change(api, hook, paused=True)
    assert (paused.json()["status"], paused.json()["version"]) == ("paused", 2)
    told(partner)
    assert deliver_to(endpoint=hook.ref) == 0
    assert change(api, hook, paused=False).json()["status"] == "active"
    assert deliver_to(endpoint=hook.ref) == hook.deliveries.count() > 0


def test_a_pause_keeps_in_mind_since_when_it_fails(
    api: Api, partner: Any, receiver: Receiver
) -> None:
    """What was given up meanwhile is sent again after the pause, as after any other stop."""
    hook = a_webhook(partner, receiver.url)
    told(partner)
    receiver.script = [500]
    deliver_to(endpoint=hook.ref)
    hook.deliveries.filter(attempts__gt=0).update(state=DeliveryState.GIVEN_UP)
    assert change(api, hook, paused=True).json()["failing_since"] is not None
    receiver.script = [204]
    assert change(api, hook, paused=False).json()["failing_since"] is None
    deliver_to(endpoint=hook.ref)
    assert not hook.deliveries.exclude(state=DeliveryState.DELIVERED).exists()


def test_what_we_disabled_is_not_paused(api: Api, hook: WebhookEndpoint) -> None:
    set_webhook_status(endpoint=hook, status=WebhookStatus.DISABLED, actor=ACTOR, at=clock.now())
    assert change(api, hook, paused=True, url=ELSEWHERE).status_code == 409
    hook.refresh_from_db()
    assert hook.url != ELSEWHERE, "of a change that is refused nothing stays"
    assert change(api, hook, paused=False).json()["status"] == "disabled"
    assert change(api, hook, url=ELSEWHERE).json()["status"] == "disabled"


# --- tests ----------------------------------------------------------------------------------
def test_a_test_is_signed_and_stands_in_the_log(
    api: Api, partner: Any, receiver: Receiver
) -> None:
    """It goes to this endpoint alone, whatever kinds that one wants."""
    hook = a_webhook(partner, receiver.url)
    other = a_webhook(partner, ELSEWHERE)
    change(api, hook, kinds=["lead.created"])
    answer = api.post(f"webhooks/{hook.ref}/ping", "{}", "p")
    assert answer.status_code == 202
    assert api.post(f"webhooks/{hook.ref}/ping", "{}", "p").json() == answer.json()
    assert deliver_to(endpoint=hook.ref) == 1
    body, headers = receiver.got[-1]
    assert Webhook(str(hook.secret)).verify(body, headers)["type"] == "webhook.ping"
    row = api.get(f"webhooks/{hook.ref}/deliveries").json()["data"][0]
    assert (row["event"], row["state"]) == (answer.json()["event"], "delivered")
    assert row["tries"][0]["status"] == 204
    assert not other.deliveries.filter(event__kind=EventKind.WEBHOOK_PING).exists()
    assert api.get("events").json()["data"][-1]["type"] == "webhook.ping"


def test_a_test_waits_for_no_earlier_one(api: Api, partner: Any, receiver: Receiver) -> None:
    hook = a_webhook(partner, receiver.url)
    receiver.script = [500, 204]
    api.post(f"webhooks/{hook.ref}/ping", "{}", "p1")
    assert deliver_to(endpoint=hook.ref) == 0
    api.post(f"webhooks/{hook.ref}/ping", "{}", "p2")
    assert deliver_to(endpoint=hook.ref) == 1


def test_a_replay_sends_no_test_again(api: Api, hook: WebhookEndpoint, partner: Any) -> None:
    api.post(f"webhooks/{hook.ref}/ping", "{}", "p")
    told(partner)
    changes = PartnerEvent.objects.filter(partner=partner).exclude(kind=EventKind.WEBHOOK_PING)
    answer = api.post(f"webhooks/{hook.ref}/replay", '{"after": 0}', "r")
    assert answer.json() == {"events": changes.count()}


def test_tests_are_few_a_minute_for_each_endpoint(
    api: Api, hook: WebhookEndpoint, partner: Any, time_machine: Any
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    url = f"webhooks/{hook.ref}/ping"
    assert {api.post(url, "{}", str(n)).status_code for n in range(AT_MOST)} == {202}
    refused = api.post(url, "{}", "more")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    assert refused.headers["Retry-After"] == "60"
    assert (
        api.post(f"webhooks/{a_webhook(partner, ELSEWHERE).ref}/ping", "{}", "o").status_code
        == 202
    )
    time_machine.shift(WITHIN)
    assert api.post(url, "{}", "later").status_code == 202


@pytest.mark.parametrize("status", [WebhookStatus.PAUSED, WebhookStatus.DISABLED])
def test_where_nothing_is_sent_nothing_is_tested(
    status: WebhookStatus, api: Api, hook: WebhookEndpoint
) -> None:
    set_webhook_status(endpoint=hook, status=status, actor=ACTOR, at=clock.now())
    assert api.post(f"webhooks/{hook.ref}/ping", "{}", "p").status_code == 409
    assert api.post(f"webhooks/{hook.ref}/ping", '{"x": 1}', "q").status_code == 400
    assert not WebhookDelivery.objects.filter(event__kind=EventKind.WEBHOOK_PING).exists()


# --- by hand --------------------------------------------------------------------------------
def test_an_operator_changes_pauses_and_tests_an_endpoint() -> None:
    operator = an_operator()
    hook = a_webhook(operator.partner)
    browser = operator_desk(operator)
    page = f"/partner/webhooks/{hook.ref}/"
    assert hook.url in browser.get(page).content.decode()

    bad = browser.post(f"{page}act/", {"act": "change", "url": "http://inner/"})
    assert (bad.status_code, "http://inner/" in bad.content.decode()) == (422, True)
    given = {"act": "change", "url": ELSEWHERE, "kinds": ["lead.created"]}
    assert browser.post(f"{page}act/", given).status_code == 302
    hook.refresh_from_db()
    assert (hook.url, hook.kinds) == (ELSEWHERE, ["lead.created"])

    said = browser.post(f"{page}act/", {"act": "ping"}, follow=True).content.decode()
    assert "webhook.ping" in said
    browser.post(f"{page}act/", {"act": "pause"})
    hook.refresh_from_db()
    assert hook.status == WebhookStatus.PAUSED
    said = browser.post(f"{page}act/", {"act": "ping"}, follow=True).content.decode()
    assert "Enable the endpoint first" in said
    browser.post(f"{page}act/", {"act": "enable"})
    hook.refresh_from_db()
    assert hook.status == WebhookStatus.ACTIVE
    other = a_webhook(a_partner(f"别家{uuid4()}"))
    assert browser.post(f"/partner/webhooks/{other.ref}/act/", given).status_code == 404
