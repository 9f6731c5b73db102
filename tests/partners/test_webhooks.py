"""Webhooks against real receivers on this machine: up, down, slow, lying, redirecting inward."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from brokerage.core import clock, pinned
from brokerage.core.roles import Role
from brokerage.messaging.models import Delivery, Message
from brokerage.messaging.use_cases.load_texts import load_texts
from brokerage.settings.env import BASE_DIR
from partners.gateways import webhooks as gateway
from partners.models import PartnerEvent, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.retention import DELIVERIES, done_deliveries
from partners.rules.webhooks import MOST_TRIES, PAUSES, BadAddress, checked_url, pause_after
from partners.states import DeliveryState, EventKind, PartnerStatus, WebhookStatus
from partners.use_cases import set_partner_status
from partners.use_cases.campaigns import end_campaign
from partners.use_cases.deliver_webhooks import deliver_to, endpoints_with_due
from partners.use_cases.publish import publish
from partners.use_cases.webhooks import change_secret, replay, set_webhook_status
from tests.backoffice.factories import staff
from tests.partners.factories import (
    ACTOR,
    a_campaign,
    a_contract,
    a_licence,
    a_partner,
    a_webhook,
    an_api,
    an_operator,
)
from tests.threads import serving
from tests.users.factories import make_staff_user

T0 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Receiver(HTTPServer):
    """Answers each POST with the next status of `script` (the last one for ever)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.script: list[int] = [204]
        self.slow = 0.0
        self.location = ""

    @property
    def url(self) -> str:
        return f"http://receiver.test:{self.server_port}/in?a=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.got.append((body, {k.lower(): v for k, v in self.headers.items()}))
        time.sleep(server.slow)
        status = server.script.pop(0) if len(server.script) > 1 else server.script[0]
        self.send_response(status)
        if server.location:
            self.send_header("Location", server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return None


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver whose name leads to this machine, which counts as public for the test."""
    server = Receiver()
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host.endswith(".test") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(pinned, "is_public", lambda address: True)
    with serving(server):
        yield server


def told(partner: Any, number: int = 1, ref: Any = None) -> list[PartnerEvent]:
    """Events of one object, one version each."""
    ref = ref or a_campaign(partner).ref
    return [
        publish(
            partner=partner,
            kind=EventKind.CAMPAIGN_ENDED,
            ref=ref,
            version=version,
            at=clock.now(),
        )
        for version in range(10, 10 + number)
    ]


def numbers(receiver: Receiver) -> list[int]:
    return [json.loads(body)["data"]["number"] for body, _headers in receiver.got]


@pytest.mark.django_db
class TestDelivery:
    def test_the_official_verifier_accepts_what_we_sign_and_nothing_else(self, receiver):
        partner = a_partner()
        hook = a_webhook(partner, receiver.url)
        campaign = a_campaign(partner)
        assert deliver_to(endpoint=hook.ref) == 1
        body, headers = receiver.got[0]
        content = Webhook(str(hook.secret)).verify(body, headers)
        assert content["type"] == "campaign.created"
        assert content["data"]["object"] == str(campaign.ref)
        for wrong_body, secret in (
            (body + b" ", str(hook.secret)),
            (body, "whsec_" + "A" * 43 + "="),
        ):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(wrong_body, headers)
        assert set(content["data"]) == {"ref", "number", "object", "version"}

    def test_two_secrets_sign_for_a_day(self, receiver):
        partner = a_partner()
        hook = a_webhook(partner, receiver.url)
        old = str(hook.secret)
        new = change_secret(endpoint=hook, actor=ACTOR, at=clock.now())
        a_campaign(partner)
        deliver_to(endpoint=hook.ref)
        body, headers = receiver.got[0]
        for secret in (old, str(new.secret)):
            Webhook(secret).verify(body, headers)
        assert new.signing_secrets(clock.now() + timedelta(days=1)) == [new.secret]

    def test_events_of_one_object_come_in_order_and_wait_for_each_other(self, receiver):
        with time_machine.travel(T0, tick=False) as traveller:
            partner = a_partner()
            hook = a_webhook(partner, receiver.url)
            told(partner, 3)
            receiver.script = [500, 204]
            assert deliver_to(endpoint=hook.ref) == 0
            assert numbers(receiver) == [1]
            traveller.shift(PAUSES[0])
            while deliver_to(endpoint=hook.ref):
                traveller.shift(timedelta(seconds=1))
        assert numbers(receiver) == [1, 1, 2, 3, 4]

    def test_a_failing_object_does_not_stop_another(self, receiver):
        with time_machine.travel(T0, tick=False):
            partner = a_partner()
            hook = a_webhook(partner, receiver.url)
            first, second = a_campaign(partner), a_campaign(partner)
            receiver.script = [500, 204]
            deliver_to(endpoint=hook.ref)
            deliver_to(endpoint=hook.ref)
        sent = [json.loads(body)["data"]["object"] for body, _headers in receiver.got]
        assert sent == [str(first.ref), str(second.ref)]

    @pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
    def test_everything_but_a_2xx_is_tried_again(self, receiver, status):
        receiver.script = [status]
        receiver.location = "http://receiver.test/else"
        hook = a_webhook(a_partner(), receiver.url)
        told(hook.partner)
        assert deliver_to(endpoint=hook.ref) == 0
        assert len(receiver.got) == 1, "a redirect is not followed"
        attempt = WebhookAttempt.objects.get()
        assert (attempt.status, attempt.failure) == (status, "")

    def test_410_means_never_again_and_disables_at_once(self, receiver):
        load_texts(at=T0)
        receiver.script = [410]
        hook = a_webhook(a_partner(manager=make_staff_user()), receiver.url)
        told(hook.partner, 2)
        assert deliver_to(endpoint=hook.ref) == 0
        hook.refresh_from_db()
        assert hook.status == WebhookStatus.DISABLED
        assert Message.objects.filter(dedupe_key__startswith="partners.webhook_disabled").exists()
        receiver.script = [204]
        set_webhook_status(endpoint=hook, status=WebhookStatus.ACTIVE, actor=ACTOR, at=clock.now())
        while deliver_to(endpoint=hook.ref):
            pass
        assert not WebhookDelivery.objects.filter(state="pending").exists(), "nothing is lost"

    def test_a_receiver_that_takes_everything_slowly_gets_its_turn_and_no_more(self, receiver):
        with time_machine.travel(T0, tick=False) as traveller:
            hook = a_webhook(a_partner(), receiver.url)
            told(hook.partner, 5)
            taken: list[bytes] = []

            def slowly(url: str, *, body: bytes, headers: dict[str, str]) -> gateway.Answer:
                traveller.shift(timedelta(seconds=9))
                taken.append(body)
                return gateway.Answer(200, 9000)

            assert deliver_to(endpoint=hook.ref, post=slowly) == 4
            assert deliver_to(endpoint=hook.ref, post=slowly) == 2
        assert len(taken) == 6

    def test_a_slow_receiver_is_cut_off(self, receiver):
        receiver.slow = 3
        began = time.monotonic()
        with pytest.raises(gateway.NotSent) as failed:
            gateway.post(receiver.url, body=b"{}", headers={}, deadline=0.3)
        assert time.monotonic() - began < 2
        assert failed.value.failure == "timeout"

    def test_a_receiver_that_is_down_is_noted(self, receiver):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        hook = a_webhook(a_partner(), f"http://down.test:{port}/")
        told(hook.partner)
        deliver_to(endpoint=hook.ref)
        assert WebhookAttempt.objects.get().failure == "connection"

    def test_lasting_failure_disables_with_a_notice_and_enabling_goes_on(self, receiver):
        load_texts(at=T0)
        manager = make_staff_user()
        receiver.script = [500]
        with time_machine.travel(T0, tick=False) as traveller:
            partner = a_partner(manager=manager)
            hook = a_webhook(partner, receiver.url)
            told(partner, 2)
            for _try in range(MOST_TRIES):
                assert endpoints_with_due(clock.now()) == [hook.ref]
                deliver_to(endpoint=hook.ref)
                traveller.shift(timedelta(hours=54))
            hook.refresh_from_db()
            assert hook.status == WebhookStatus.DISABLED
            assert (
                Message.objects.filter(dedupe_key__startswith="partners.webhook_disabled").count()
                == 1
            )
            assert PartnerEvent.objects.filter(kind=EventKind.WEBHOOK_DISABLED).exists()
            assert endpoints_with_due(clock.now()) == []
            receiver.script = [204]
            set_webhook_status(
                endpoint=hook, status=WebhookStatus.ACTIVE, actor=ACTOR, at=clock.now()
            )
            while deliver_to(endpoint=hook.ref):
                pass
        states = WebhookDelivery.objects.order_by("number").values_list("state", flat=True)
        assert list(states) == ["delivered"] * 4, "what was given up meanwhile comes too"

    def test_one_event_that_cannot_be_digested_is_given_up_alone(self):
        with time_machine.travel(T0, tick=False) as traveller:
            partner = a_partner()
            hook = a_webhook(partner, "https://hooks.example.com/in")
            poison = a_campaign(partner).ref

            def picky(url: str, *, body: bytes, headers: dict[str, str]) -> gateway.Answer:
                bad = json.loads(body)["data"]["object"] == str(poison)
                return gateway.Answer(500 if bad else 204, 1)

            for _try in range(MOST_TRIES):
                told(partner)  # something else gets through each time
                for _turn in range(3):
                    deliver_to(endpoint=hook.ref, post=picky)
                traveller.shift(timedelta(hours=54))
            hook.refresh_from_db()
        assert hook.status == WebhookStatus.ACTIVE
        left = WebhookDelivery.objects.exclude(state="delivered")
        assert [(row.object_ref, row.state) for row in left] == [(poison, "given_up")]

    @pytest.mark.parametrize("after", [0, 10**6])
    def test_a_replay_during_a_try_lets_its_object_wait_for_seconds(self, after):
        with time_machine.travel(T0, tick=False):
            hook = a_webhook(a_partner())
            told(hook.partner)

            def fail(url: str, *, body: bytes, headers: dict[str, str]) -> gateway.Answer:
                replay(endpoint=hook, after=after, actor=ACTOR, at=clock.now())
                return gateway.Answer(500, 1)

            deliver_to(endpoint=hook.ref, post=fail)
            row = WebhookDelivery.objects.order_by("number").first()
        assert row is not None
        assert row.next_at == T0 + PAUSES[0]

    def test_operators_hear_after_a_day_of_failure_and_when_it_is_disabled(self, receiver):
        load_texts(at=T0)
        receiver.script = [500]
        with time_machine.travel(T0, tick=False) as traveller:
            operator = an_operator()
            partner = operator.partner
            hook = a_webhook(partner, receiver.url)
            told(partner)
            said = []
            for _try in range(MOST_TRIES):
                deliver_to(endpoint=hook.ref)
                rows = Message.objects.filter(user=operator.user).order_by("pk")
                said.append([row.text.kind for row in rows])
                traveller.shift(timedelta(hours=54))
        failing, disabled = "partners.own_webhook_failing", "partners.own_webhook_disabled"
        assert said[0] == []
        assert said[1] == [failing], "while there is time to mend it, and once"
        assert said[-1] == [failing, disabled]
        sent = Delivery.objects.filter(message__user=operator.user)
        assert {row.channel for row in sent} == {"email"}

    def test_head_office_hears_of_an_institution_that_has_no_manager(self, receiver):
        load_texts(at=T0)
        officer = staff(Role.HEAD_OFFICE)
        receiver.script = [410]
        hook = a_webhook(a_partner(), receiver.url)
        told(hook.partner)
        deliver_to(endpoint=hook.ref)
        message = Message.objects.get(user=officer)
        given = message.values
        assert given["partner"] == {"zh-hans": hook.partner.name_zh, "en": hook.partner.name_en}
        assert "410" in given["why"]["zh-hans"], "it did not fail for three days"

    def test_a_replay_sends_everything_after_a_number_again(self, receiver):
        partner = a_partner()
        told(partner, 2)
        hook = a_webhook(partner, receiver.url)
        assert deliver_to(endpoint=hook.ref) == 0
        assert replay(endpoint=hook, after=1, actor=ACTOR, at=clock.now()) == 2
        while deliver_to(endpoint=hook.ref):
            pass
        assert sorted(numbers(receiver)) == [2, 3]
        ids = [headers["webhook-id"] for _body, headers in receiver.got]
        replay(endpoint=hook, after=1, actor=ACTOR, at=clock.now())
        while deliver_to(endpoint=hook.ref):
            pass
        again = [headers["webhook-id"] for _body, headers in receiver.got[2:]]
        assert sorted(again) == sorted(ids), "the same event has the same id"

    def test_a_worker_that_dies_between_claim_and_note_loses_nothing(self, receiver):
        def die(*args: Any, **kwargs: Any) -> Any:
            raise KeyboardInterrupt

        with time_machine.travel(T0, tick=False) as traveller:
            hook = a_webhook(a_partner(), receiver.url)
            told(hook.partner, ref=hook.ref)
            with pytest.raises(KeyboardInterrupt):
                deliver_to(endpoint=hook.ref, post=die)
            assert deliver_to(endpoint=hook.ref) == 0
            traveller.shift(timedelta(minutes=2))
            assert deliver_to(endpoint=hook.ref) == 1

    def test_a_suspended_institution_hears_nothing(self, receiver):
        hook = a_webhook(a_partner(), receiver.url)
        told(hook.partner)
        set_partner_status(
            partner=hook.partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
        )
        assert deliver_to(endpoint=hook.ref) == 0
        assert receiver.got == []

    def test_an_institution_whose_contract_ended_hears_nothing(self, receiver):
        partner = a_partner(contract=False)
        a_licence(partner)
        contract = a_contract(partner)
        hook = a_webhook(partner, receiver.url)
        told(partner)
        assert contract.valid_to is not None
        ended = datetime.combine(contract.valid_to, datetime.min.time(), UTC)
        assert endpoints_with_due(ended) == []
        assert endpoints_with_due(clock.now()) == [hook.ref]

    def test_only_the_kinds_that_are_wanted(self, receiver):
        partner = a_partner()
        hook = a_webhook(partner, receiver.url, kinds=[EventKind.CAMPAIGN_ENDED])
        end_campaign(campaign=a_campaign(partner), actor=ACTOR, at=clock.now())
        deliver_to(endpoint=hook.ref)
        assert [json.loads(body)["type"] for body, _h in receiver.got] == ["campaign.ended"]


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_an_endpoint_holds_up_no_event_for_it():
    """A lock on its key made both wait for each other: the event holds the institution."""
    partner = a_partner()
    hook = a_webhook(partner)

    def tell() -> int:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                told(partner, ref=hook.ref)
            return WebhookDelivery.objects.count()
        finally:
            connection.close()

    with transaction.atomic():
        change_secret(endpoint=hook, actor=ACTOR, at=clock.now())
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(tell).result(30) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/"])
def test_no_request_leaves_for_an_inner_address(url):
    with pytest.raises(gateway.NotSent) as refused:
        gateway.post(url, body=b"", headers={}, deadline=1)
    assert refused.value.failure == "inner"


def test_a_sandbox_may_allow_this_machine_and_nothing_else_inside(settings):
    settings.LOCAL_WEBHOOKS = True
    for url, failure in (("http://127.0.0.1:1/", "connection"), ("http://10.0.0.1:1/", "inner")):
        with pytest.raises(gateway.NotSent) as failed:
            gateway.post(url, body=b"", headers={}, deadline=1)
        assert failed.value.failure == failure


def test_live_settings_send_nothing_to_this_machine():
    text = (BASE_DIR / "brokerage" / "settings" / "prod.py").read_text("utf-8")
    assert "LOCAL_WEBHOOKS = False" in text


def test_one_inner_address_behind_a_name_is_enough_and_the_look_up_is_pinned(monkeypatch):
    asked = []

    def lying(host: str, port: int, **kwargs: Any) -> Any:
        asked.append(host)
        return [(2, 1, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    with pytest.raises(gateway.NotSent) as refused:
        gateway.post("https://rebind.test/", body=b"", headers={}, deadline=1)
    assert (refused.value.failure, asked) == ("inner", ["rebind.test"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://a.example/", "scheme"),
        ("ftp://a.example/", "scheme"),
        ("https://user@a.example/", "credentials"),
        ("https://a.example/#x", "fragment"),
        ("https://localhost/", "host"),
        ("https:///x", "host"),
        ("https://a.example:99999/", "malformed"),
        ("https://a.example/ x", "malformed"),
        ("https://a.example\\@b.example/", "malformed"),
        ("https://例.example/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://a.example/" + "x" * 300, "long"),
    ],
)
def test_an_address_that_will_not_do_says_why(text, code):
    with pytest.raises(BadAddress, match=code):
        checked_url(text)


@given(st.text(max_size=320))
def test_any_text_is_an_address_or_refused(text):
    with suppress(BadAddress):
        assert checked_url(text) == text


def test_ten_tries_last_seventy_five_hours():
    assert sum(PAUSES, timedelta()) > timedelta(hours=74)
    assert [pause_after(n) is None for n in range(1, MOST_TRIES + 1)] == [False] * 9 + [True]


@pytest.mark.django_db
class TestApi:
    def test_an_endpoint_is_kept_read_rotated_replayed_and_removed(self):
        api = an_api()
        body = json.dumps({"url": "https://hooks.example.com/in"})
        made = api.post("webhooks", body, "k").json()
        url = f"webhooks/{made['ref']}"
        assert "secret" not in made
        secret = api.get(f"{url}/secret").json()["secret"]
        assert secret.startswith("whsec_")
        assert api.post(f"{url}/secret", "{}", "s").json()["version"] == 2
        assert api.get(f"{url}/secret").json()["secret"] != secret
        assert api.post(f"{url}/replay", '{"after": 0}', "r").json() == {"events": 0}
        assert api.post(f"{url}/enable", "{}", "e").status_code == 409
        assert api.get(f"{url}/deliveries").json()["data"] == []
        tag = api.get(url).headers["ETag"]
        gone = api.client.delete(f"/api/v1/{url}", headers=api.headers | {"If-Match": tag})
        assert gone.status_code == 204
        assert api.get(url).status_code == 404

    @pytest.mark.parametrize("url", ["", "x", "ftp://a.example/", "https://localhost/", 3, None])
    def test_a_bad_address_is_pointed_at(self, url):
        answer = an_api().post("webhooks", json.dumps({"url": url}), "k")
        assert answer.json()["errors"][0]["pointer"] == "/url"

    def test_endpoints_of_others_do_not_exist(self):
        hook, other = a_webhook(), an_api(a_partner("别家"))
        for path in ("", "/secret", "/deliveries"):
            assert other.get(f"webhooks/{hook.ref}{path}").status_code == 404
        for act in ("secret", "enable", "replay"):
            body = '{"after": 0}' if act == "replay" else "{}"
            assert other.post(f"webhooks/{hook.ref}/{act}", body, act).status_code == 404

    def test_there_are_five_at_most(self):
        partner = a_partner()
        for number in range(5):
            a_webhook(partner, f"https://hooks{number}.example.com/")
        answer = an_api(partner).post("webhooks", '{"url": "https://a.example.com/"}', "k")
        assert answer.status_code == 409

    def test_the_log_tells_every_try(self, receiver):
        partner = a_partner()
        hook = a_webhook(partner, receiver.url)
        told(partner)
        receiver.script = [500]
        deliver_to(endpoint=hook.ref)
        rows = an_api(partner).get(f"webhooks/{hook.ref}/deliveries").json()["data"]
        assert rows[-1]["tries"][0]["status"] == 500
        assert rows[-1]["state"] == DeliveryState.PENDING


@pytest.mark.django_db
def test_the_log_goes_after_its_term_but_not_what_still_waits():
    partner = a_partner()
    waiting, gone = a_webhook(partner), a_webhook(partner, "https://hooks.example.com/gone")
    done = told(partner, 2)[0]
    told_at = clock.now()
    rows = WebhookDelivery.objects
    sent = rows.get(endpoint=waiting, event=done)
    rows.filter(pk=sent.pk).update(state=DeliveryState.DELIVERED, delivered_at=told_at)
    WebhookAttempt.objects.create(delivery=sent, at=told_at, status=204, milliseconds=3)
    set_webhook_status(endpoint=gone, status=WebhookStatus.REMOVED, actor=ACTOR, at=told_at)
    assert not done_deliveries(told_at - timedelta(days=1)).exists()
    due = done_deliveries(clock.now())
    assert not due.filter(endpoint=waiting, state=DeliveryState.PENDING).exists()
    expected = 1 + rows.filter(endpoint=gone).count()
    assert DELIVERIES.dispose(due) == expected
    assert set(rows.values_list("endpoint", "state")) == {(waiting.pk, DeliveryState.PENDING)}
    assert PartnerEvent.objects.filter(pk=done.pk).exists()


def test_secrets_are_sealed_in_the_column(db):
    hook = a_webhook()
    stored = WebhookEndpoint.objects.filter(pk=hook.pk).values_list("secret", flat=True).get()
    assert "whsec_" not in str(stored)
