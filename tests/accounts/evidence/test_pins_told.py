"""The trading counter hears since when passwords hold, and never what they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.evidence.tasks import send_pins_again
from accounts.gateways import Unavailable
from accounts.gateways.counter import HttpCounterPermissions, PinsQuestion, SetPin
from accounts.gateways.sandbox import PlayedCounter
from accounts.models import OutsideCheck, Pin, PinKind
from accounts.states import Status
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.pins import Known, change_pin, set_pins
from accounts.use_cases.send_pins import send_pins
from brokerage.core import clock
from brokerage.core.outbound import JsonClient
from brokerage.journal.delivery import deliver_pending
from tests.accounts.factories import ACTOR, AT, an_application
from tests.customers.factories import a_customer
from tests.messaging.test_sms_gateway import Answer, counterparty, hangs, says

WHEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ACCOUNT = str(UUID(int=9))
TOLD = PinsQuestion(ACCOUNT, (SetPin("fund", WHEN.isoformat()),), WHEN.isoformat())
LATER = AT + timedelta(hours=1)


def tell(base: str) -> str:
    client = JsonClient(base=base, token="secret", deadline=0.6, tries=1)
    return HttpCounterPermissions(client).note_pins(TOLD, key=UUID(int=7), at=WHEN).result


def test_the_counter_is_told_as_the_contract_says() -> None:
    with counterparty(says(200, {"as_of": WHEN.isoformat()})) as (base, seen):
        assert tell(base) == CheckResult.TAKEN
    (request,) = seen
    assert request["path"] == f"/v1/accounts/{ACCOUNT}/passwords"
    assert request["body"] == {
        "as_of": "2026-03-02T02:00:00+00:00",
        "passwords": [{"kind": "fund", "set_at": "2026-03-02T02:00:00+00:00"}],
    }


@pytest.mark.parametrize(
    "answer", [says(500, {}), says(422, {}), says(200, {}), says(200, {"as_of": "soon"}), hangs]
)
def test_whatever_else_comes_is_no_answer(answer: Answer) -> None:
    with counterparty(answer) as (base, _), pytest.raises(Unavailable):
        tell(base)


def test_the_played_counter_never_goes_back() -> None:
    played = PlayedCounter()
    older = PinsQuestion(ACCOUNT, (), (WHEN - timedelta(minutes=1)).isoformat())
    for each in (TOLD, older):
        played.note_pins(each, key=UUID(int=7), at=WHEN)
    assert played.pins[ACCOUNT] == TOLD


def current() -> OutsideCheck:
    return OutsideCheck.objects.current().get(kind=CheckKind.PINS)


@pytest.mark.django_db(transaction=True)
def test_with_the_activation_and_each_new_password_and_never_the_digits() -> None:
    row = an_application(Status.VISIT)
    assert send_pins(customer=row.customer, at=AT) is None, "the account is not in use"
    active = an_application(Status.ACTIVE, customer=a_customer("+8613900139007"))
    first = current()
    assert first.application == active
    assert {each["kind"] for each in first.asks["pins"]} == set(PinKind.values)
    assert ask(check=first, at=AT).result == CheckResult.TAKEN
    assert send_pins(customer=active.customer, at=LATER) == first, "told once"

    known: Known = {"birth_date": None, "document": "", "phones": ()}
    both = {"trading": "480215", "fund": "730164"}
    set_pins(customer=active.customer, pins=both, actor=ACTOR, at=AT, **known)
    change_pin(
        customer=active.customer,
        kind=PinKind.TRADING,
        old="480215",
        new="591326",
        known=known,
        actor=ACTOR,
        at=LATER,
    )
    while deliver_pending(at=LATER):
        pass
    second = current()
    assert second != first
    assert LATER.isoformat() in str(second.asks["pins"])
    kept = Pin.objects.get(customer=active.customer, kind=PinKind.TRADING).kept
    for secret in ("591326", "480215", kept):
        assert secret not in (second.question or "")


@pytest.mark.django_db
def test_what_was_not_answered_is_told_again_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    an_application(Status.ACTIVE)
    OutsideCheck.objects.filter(kind=CheckKind.PINS).update(
        status=CheckStatus.UNANSWERED, next_attempt_at=None, ended_at=AT
    )
    monkeypatch.setattr(clock, "now", lambda: LATER)
    send_pins_again(0)
    assert current().status == CheckStatus.ASKED
