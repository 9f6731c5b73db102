"""Unused accounts: told before, limited by grades, never while in use, woken with a code."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.dormancy import home
from accounts.dormancy.dated import DormancyTerms, dormancy_terms
from accounts.dormancy.states import DormancyStatus
from accounts.dormancy.tasks import open_woken_accounts
from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.gateways.base import Person
from accounts.life.rules import Grade
from accounts.life.states import Ability, DocumentStatus
from accounts.models import CashAccount, Dormancy, IdDocument, OutsideCheck
from accounts.selectors import capabilities
from accounts.states import Status
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.rest_account import announce_rests, watch_rest
from accounts.use_cases.send_limits import send_limits
from accounts.use_cases.wake_account import (
    UnableToWake,
    open_again,
    send_waking_code,
    wake_account,
)
from accounts.use_cases.watch_document import take_in_document, watch_document
from brokerage.core.clock import business_date, day_begins
from brokerage.journal.models import Entry
from brokerage.reference.calendars import next_trading_day
from holdings import gateways as counter
from holdings.states import FileKind
from tests.accounts.after.factories import a_rest, an_active
from tests.accounts.factories import ACTOR, AT, an_application
from tests.holdings.factories import BANK, MON, a_file, securities, take
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
LONG_AGO = AT - timedelta(days=4 * 366)
ON = business_date(AT)


class Codes:
    """A sender that keeps the last code."""

    last = ""

    def send(self, *, code: str, **more: Any) -> None:
        self.last = code


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> Codes:
    from accounts.signing import codes as signing

    kept = Codes()
    monkeypatch.setattr(signing, "code_sender", lambda: kept)
    return kept


def old_account() -> Any:
    """An active account that was opened long ago."""
    application = an_active()
    CashAccount.objects.filter(application=application).update(status_since=LONG_AGO)
    return application


def told_by_counter(*rows: str, kind: FileKind = FileKind.CASH) -> None:
    take(a_file(kind, list(rows), day=MON))


def test_the_grades_by_days_from_the_beginning() -> None:
    buy, both = frozenset({Ability.BUY}), frozenset({Ability.BUY, Ability.SELL})
    terms = DormancyTerms("x", 3, Decimal(100), 30, (Grade(0, buy), Grade(365, both)))
    assert [terms.stops(days) for days in (0, 364, 365)] == [buy, buy, both]
    assert terms.stops(-1) == frozenset()


def test_nobody_is_told_while_the_counter_says_nothing() -> None:
    old_account()
    assert announce_rests(at=AT) == 0
    told_by_counter()
    assert announce_rests(at=AT + timedelta(days=40)) == 0, "what it said is too old"


def test_who_uses_an_account_is_not_told_whatever_the_use() -> None:
    new = an_active()
    unused, rich, holder, trader = (old_account() for _n in range(4))
    refs = {
        each.pk: CashAccount.objects.get(application=each).ref for each in (rich, holder, trader)
    }
    securities()
    told_by_counter(f"{refs[rich.pk]},100.00,0", f"{refs[holder.pk]},1.00,0")
    told_by_counter(f"{refs[holder.pk]},{BANK},100,10,1000,900", kind=FileKind.POSITIONS)
    told_by_counter(f"T1,{refs[trader.pk]},{BANK},buy,100,10,1000,5", kind=FileKind.TRADES)
    assert announce_rests(at=AT, most=2) == 1, "in portions, too"
    (row,) = Dormancy.objects.all()
    assert row.application == unused
    assert row.rests_on == ON + timedelta(days=dormancy_terms(ON).notice_days)
    assert announce_rests(at=AT) == 0, "told once"
    assert not Dormancy.objects.filter(application=new).exists()


def test_the_rest_begins_after_the_notice_and_closes_by_grades() -> None:
    application = old_account()
    told_by_counter()
    announce_rests(at=AT)
    rest = Dormancy.objects.get(application=application)
    assert all(each.ready for each in capabilities(application))
    begins = AT + timedelta(days=dormancy_terms(ON).notice_days)
    take(a_file(FileKind.CASH, [], day=business_date(begins)), at=begins)
    assert watch_rest(dormancy=rest, at=begins - timedelta(days=1)).status == DormancyStatus.TOLD
    rest = watch_rest(dormancy=rest, at=begins)
    assert rest.status == DormancyStatus.DORMANT
    assert set(rest.stopped) == dormancy_terms(ON).stops(0)
    ready = {each.label: each.ready for each in capabilities(application)}
    assert not ready[str(Ability.BUY.label)]
    assert ready[str(Ability.WITHDRAW.label)], "the customer's own money stays theirs"
    watch_rest(dormancy=rest, at=begins)
    assert Entry.objects.filter(kind="accounts.account_at_rest").count() == 1


def test_an_account_that_is_used_in_time_is_left_alone() -> None:
    application = old_account()
    told_by_counter()
    announce_rests(at=AT)
    later = AT + timedelta(days=3)
    ref = CashAccount.objects.get(application=application).ref
    take(a_file(FileKind.CASH, [f"{ref},5000.00,0"], day=business_date(later)))
    rest = watch_rest(dormancy=Dormancy.objects.get(application=application), at=later)
    assert rest.status == DormancyStatus.USED
    assert announce_rests(at=later) == 0


def at_rest(at: datetime = AT) -> Dormancy:
    rest = a_rest(at=at)
    Dormancy.objects.filter(pk=rest.pk).update(
        status=DormancyStatus.DORMANT, stopped=[Ability.BUY, Ability.DEPOSIT]
    )
    rest.refresh_from_db()
    send_limits(application=rest.application, at=at)
    return rest


def signer(rest: Dormancy) -> Person:
    customer = rest.application.customer
    return Person(customer.name or "", customer.id_type, customer.id_number or "")


def test_the_customer_wakes_it_with_a_code_and_the_counter_hears(codes: Codes) -> None:
    rest = at_rest()
    check = OutsideCheck.objects.current().get(kind=CheckKind.LIMITS)
    assert check.asks["stops"] == ["buy", "deposit"]
    assert ask(check=check, at=AT).result == CheckResult.TAKEN
    send_waking_code(dormancy=rest, phone="+8613900139007", language="en", at=AT)
    rest = wake_account(dormancy=rest, code=codes.last, signer=signer(rest), actor=ACTOR, at=AT)
    assert (rest.status, rest.opens_on) == (DormancyStatus.WAKING, next_trading_day(ON))
    assert not all(each.ready for each in capabilities(rest.application)), "not before that day"
    again = wake_account(dormancy=rest, code="", signer=signer(rest), actor=ACTOR, at=AT)
    assert again.pk == rest.pk
    watch_rest(dormancy=rest, at=AT + timedelta(days=400))
    assert open_again(dormancy=rest, at=AT).status == DormancyStatus.WAKING
    begins = day_begins(next_trading_day(ON))
    with travel(begins - timedelta(minutes=1), tick=False):
        open_woken_accounts(0)
    rest.refresh_from_db()
    assert rest.status == DormancyStatus.WAKING
    with travel(begins, tick=False):
        open_woken_accounts(0)
    rest.refresh_from_db()
    assert (rest.status, rest.stopped, rest.ended_at) == (DormancyStatus.WOKEN, [], begins)
    assert all(each.ready for each in capabilities(rest.application))
    check = OutsideCheck.objects.current().get(kind=CheckKind.LIMITS)
    assert check.asks["stops"] == []
    kinds = ["accounts.account_woken", "accounts.account_open_again"]
    told = Entry.objects.filter(kind__in=kinds).order_by("pk")
    assert [row.payload["lifted"] for row in told] == [["buy", "deposit"]] * 2
    assert told[0].payload["opens_on"] == next_trading_day(ON).isoformat()


def test_who_wakes_before_the_rest_began_finds_everything_open(codes: Codes) -> None:
    rest = a_rest()
    send_waking_code(dormancy=rest, phone="+8613900139007", language="en", at=AT)
    rest = wake_account(dormancy=rest, code=codes.last, signer=signer(rest), actor=ACTOR, at=AT)
    assert (rest.status, rest.opens_on) == (DormancyStatus.WOKEN, ON)


def test_a_document_that_ran_out_is_renewed_first(codes: Codes) -> None:
    rest = at_rest()
    document = take_in_document(application=rest.application, at=AT)
    assert document is not None
    IdDocument.objects.filter(pk=document.pk).update(
        status=DocumentStatus.EXPIRED, valid_to=ON - timedelta(days=2)
    )
    with pytest.raises(UnableToWake):
        send_waking_code(dormancy=rest, phone="+8613900139007", language="en", at=AT)


def test_limits_of_a_document_go_to_the_counter_which_is_asked_until_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = take_in_document(application=an_application(Status.ACTIVE), at=AT)
    assert document is not None
    IdDocument.objects.filter(pk=document.pk).update(valid_to=ON - timedelta(days=91))
    watch_document(document=document, at=AT)
    check = OutsideCheck.objects.current().get(kind=CheckKind.LIMITS)
    cash = CashAccount.objects.get(application=document.application)
    assert check.asks["account"] == str(cash.ref)
    assert check.asks["stops"] == ["buy", "deposit"]

    class Down:
        def limit(self, *args: Any, **more: Any) -> None:
            raise counter.Unavailable("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(counter, "counter_gateway", Down)
        late = ask(check=check, at=AT)
    assert late.status == CheckStatus.ASKED
    assert late.next_attempt_at is not None
    assert ask(check=check, at=late.next_attempt_at).result == CheckResult.TAKEN
    watch_document(document=document, at=AT + timedelta(days=1))
    assert OutsideCheck.objects.filter(kind=CheckKind.LIMITS).count() == 1, "told once"


def test_an_account_that_never_was_limited_tells_the_counter_nothing() -> None:
    assert send_limits(application=an_application(Status.ACTIVE), at=AT) is None


def test_the_database_keeps_a_rest_whole() -> None:
    rest = a_rest()
    for wrong in (
        {"status": DormancyStatus.DORMANT},
        {"status": DormancyStatus.WOKEN},
        {"status": DormancyStatus.WAKING, "stopped": [Ability.BUY]},
        {"stopped": [Ability.BUY]},
        {"rests_on": rest.told_on},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dormancy.objects.filter(pk=rest.pk).update(**wrong)


def test_the_page_and_the_home_lead_to_the_code(codes: Codes) -> None:
    rest = at_rest()
    user = rest.application.customer.user
    assert user is not None
    url = reverse("accounts:wake", args=[rest.application.ref])
    with travel(AT + timedelta(minutes=5), tick=False):
        client = sign_in(Client(), user)
        (card,) = home.cards(user, AT)
        assert card.url == url
        assert client.get(url).status_code == 200
        client.post(url, {"act": "code"})
        refused = client.post(url, {"act": "wake", "code": "000000"})
        assert refused.status_code == 422
        done = client.post(url, {"act": "wake", "code": codes.last})
        shown = client.get(url).content.decode()
    assert done.status_code == 302
    assert 'name="act"' not in shown, "there is nothing left to do"
    rest.refresh_from_db()
    assert rest.status == DormancyStatus.WAKING
    assert not list(home.cards(user, AT))
