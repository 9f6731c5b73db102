"""Another market of an active account: asked, read, signed, counted, opened or refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.aml.states import HitStatus, ListKind
from accounts.evidence.states import CheckKind, CheckStatus
from accounts.later_markets.states import NotOpened, WishStatus
from accounts.life.obstacles import obstacles_of
from accounts.life.states import Obstacle
from accounts.models import (
    AgreementText,
    Application,
    IdDocument,
    MarketAccount,
    MarketWish,
    OneCodeAccount,
    OutsideCheck,
)
from accounts.own_data import accounts_told, wishes_told
from accounts.signing.codes import CodeWrong
from accounts.standing.selectors import to_ask_again
from accounts.states import MarketStatus, Status
from accounts.use_cases.decide_match import decide_match
from accounts.use_cases.go_on_with_market import take_counted, take_later_market
from accounts.use_cases.open_later_market import (
    UnableToOpenMarket,
    ask_for_market,
    send_market_code,
    sign_for_market,
    take_back_market,
)
from accounts.use_cases.outside_checks import take_answer
from accounts.use_cases.unstick import ask_again
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from tests.accounts.aml.test_screening import confirmed
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.later_markets.factories import READ, asked, deliver, one_market, signed, worked
from tests.accounts.life.test_closing import PHONE, Sent
from tests.branches.factories import make_staff
from tests.threads import together

NIGHT = AT.replace(hour=14)
THREE = {"accounts": [{"type": "sz_a", "number": f"00000000{n}", "dormant": False} for n in "123"]}
LATER = AT + READ + timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def counted(facts: dict[str, Any], *, at: Any = AT) -> None:
    """The depository says what the person has."""
    check = OutsideCheck.objects.current().get(kind=CheckKind.LATER_HELD)
    take_answer(check=check, result="found", facts=facts, at=at)
    deliver(at)


def shenzhen() -> MarketAccount:
    return MarketAccount.objects.get(market="SZ")


def status() -> tuple[str, str]:
    row = MarketWish.objects.latest("pk")
    return row.status, row.refusal


def test_from_the_wish_to_the_open_account(sent: Sent) -> None:
    wish = signed(sent)
    assert (wish.status, MarketAccount.objects.count()) == (WishStatus.SIGNED, 1)
    worked(CheckKind.LATER_HELD, LATER)
    assert (status(), shenzhen().status) == (("opening", ""), "requested")
    check = worked(CheckKind.LATER_OPEN, LATER)
    assert check.asks["types"] == ["sz_a"]
    assert check.asks["one_code"] == OneCodeAccount.objects.get().number
    assert (status(), shenzhen().status) == (("done", ""), "open")
    assert len(shenzhen().number or "") == 10
    kinds = Entry.objects.filter(kind__contains="market").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "accounts.market_asked",
        "accounts.market_signed",
        "accounts.market_opened",
    ]
    told = Message.objects.get(text__kind="accounts.market_opened")
    assert told.values["market"] == {"zh-hans": "深市 A 股", "en": "Shenzhen A shares"}
    assert Application.objects.get().status == Status.ACTIVE


def test_a_second_answer_changes_nothing(sent: Sent) -> None:
    wish = signed(sent)
    worked(CheckKind.LATER_HELD, LATER)
    worked(CheckKind.LATER_OPEN, LATER)
    number = shenzhen().number
    other = {"accounts": [{"type": "sz_a", "number": "", "code": "too_many"}]}
    take_later_market(application=wish.application, facts=other, refusal="", at=LATER)
    take_counted(application=wish.application, at=LATER)
    assert (status(), shenzhen().number) == (("done", ""), number)


def test_who_has_three_hears_it_before_anything_is_signed() -> None:
    wish = asked()
    counted(THREE)
    assert status() == ("refused", NotOpened.TOO_MANY)
    assert Message.objects.filter(text__kind="accounts.market_refused").count() == 1
    with pytest.raises(UnableToOpenMarket, match="nothing to sign"):
        send_market_code(wish=wish, phone=PHONE, language="en", at=AT + READ)
    assert not MarketAccount.objects.filter(market="SZ").exists()


def test_of_three_a_dormant_one_does_not_count(sent: Sent) -> None:
    signed(sent)
    rows = [{**row, "dormant": str(row["number"]).endswith("3")} for row in THREE["accounts"]]
    counted({"accounts": rows}, at=LATER)
    assert status() == ("opening", "")


def test_the_depository_has_the_last_word_and_the_customer_may_ask_again(sent: Sent) -> None:
    wish = signed(sent)
    worked(CheckKind.LATER_HELD, LATER)
    none = {"accounts": [{"type": "sz_a", "number": "", "code": "too_many"}], "one_code": ""}
    take_later_market(application=wish.application, facts=none, refusal="", at=LATER)
    assert (status(), shenzhen().refusal) == (("refused", "too_many"), "too_many")
    again = LATER + timedelta(days=1)
    second = signed(sent, wish.application, at=again)
    assert second.pk != wish.pk
    waiting = OutsideCheck.objects.current().get(kind=CheckKind.LATER_HELD)
    assert waiting.status == CheckStatus.ASKED, "what was answered to the first counts no more"
    worked(CheckKind.LATER_HELD, again + READ)
    worked(CheckKind.LATER_OPEN, again + READ)
    assert (status(), shenzhen().status) == (("done", ""), "open")


def test_a_word_that_we_do_not_know_is_told_as_such(sent: Sent) -> None:
    wish = signed(sent)
    worked(CheckKind.LATER_HELD, LATER)
    take_later_market(application=wish.application, facts={}, refusal="closed_today", at=LATER)
    assert (status(), shenzhen().refusal) == (("refused", "other"), "closed_today")


def test_counted_on_another_day_than_signed_it_is_counted_anew(sent: Sent) -> None:
    wish = asked()
    counted({"accounts": []})
    assert status() == ("asked", "")
    later = AT + timedelta(days=1)
    send_market_code(wish=wish, phone=PHONE, language="en", at=later)
    sign_for_market(wish=wish, code=sent.code, actor=ACTOR, at=later)
    assert status() == ("signed", "")
    worked(CheckKind.LATER_HELD, later)
    assert status() == ("opening", "")


def test_signed_on_the_day_of_the_count_it_goes_on_at_once(sent: Sent) -> None:
    wish = asked()
    counted({"accounts": []})
    send_market_code(wish=wish, phone=PHONE, language="en", at=AT + READ)
    sign_for_market(wish=wish, code=sent.code, actor=ACTOR, at=AT + READ)
    assert status() == ("opening", "")


def test_outside_its_hours_the_depository_is_asked_the_next_morning(sent: Sent) -> None:
    signed(sent, one_market(at=NIGHT), at=NIGHT)
    check = OutsideCheck.objects.current().get(kind=CheckKind.LATER_HELD)
    assert check.next_attempt_at is not None
    assert (check.next_attempt_at - NIGHT) > timedelta(hours=8)


def test_without_an_answer_operations_ask_again(sent: Sent) -> None:
    wish = signed(sent)
    OutsideCheck.objects.filter(kind=CheckKind.LATER_HELD).update(
        status=CheckStatus.UNANSWERED, next_attempt_at=None, ended_at=LATER
    )
    assert [each.kind for each in to_ask_again(wish.application)] == [CheckKind.LATER_HELD]
    assert ask_again(application=wish.application, actor=ACTOR, at=LATER) == 1
    worked(CheckKind.LATER_HELD, LATER)
    assert status() == ("opening", "")


def test_nobody_answered_before_the_signature_so_it_is_asked_with_it(sent: Sent) -> None:
    wish = asked()
    OutsideCheck.objects.filter(kind=CheckKind.LATER_HELD).update(
        status=CheckStatus.UNANSWERED, next_attempt_at=None, ended_at=AT
    )
    send_market_code(wish=wish, phone=PHONE, language="en", at=AT + READ)
    sign_for_market(wish=wish, code=sent.code, actor=ACTOR, at=AT + READ)
    assert OutsideCheck.objects.current().get(kind=CheckKind.LATER_HELD).status == "asked"


def test_read_too_quickly_or_with_a_wrong_code_nothing_is_signed(sent: Sent) -> None:
    wish = asked()
    with pytest.raises(UnableToOpenMarket, match="at least 8 seconds"):
        send_market_code(wish=wish, phone=PHONE, language="en", at=AT + timedelta(seconds=7))
    with pytest.raises(CodeWrong):
        sign_for_market(wish=wish, code="000000", actor=ACTOR, at=AT + READ)
    send_market_code(wish=wish, phone=PHONE, language="en", at=AT + READ)
    wrong = "000000" if sent.code != "000000" else "111111"
    with pytest.raises(CodeWrong):
        sign_for_market(wish=wish, code=wrong, actor=ACTOR, at=AT + READ)
    wish.refresh_from_db()
    assert (wish.status, wish.code_tries, wish.signed_at) == ("asked", 1, None)


def test_a_newer_text_is_read_anew_before_it_is_signed(sent: Sent) -> None:
    wish = asked()
    send_market_code(wish=wish, phone=PHONE, language="en", at=AT + READ)
    old = wish.text
    AgreementText.objects.create(
        key=old.key,
        language="en",
        version=2,
        position=old.position,
        title=old.title,
        body="Newer.",
        sha256="1" * 64,
        least_seconds=8,
        valid_from=AT + READ,
    )
    same = asked(wish.application, at=AT + READ)
    assert (same.pk, same.text.version, same.text_read_at) == (wish.pk, 2, None)
    with pytest.raises(CodeWrong):
        sign_for_market(wish=same, code=sent.code, actor=ACTOR, at=AT + READ)


def test_it_is_taken_back_until_the_depository_is_asked_to_open(sent: Sent) -> None:
    wish = signed(sent)
    assert Obstacle.MARKET in [each.kind for each in obstacles_of(wish.application)]
    take_back_market(wish=wish, actor=ACTOR, at=LATER)
    assert status() == ("withdrawn", "")
    assert not OutsideCheck.objects.current().filter(kind=CheckKind.LATER_HELD).exists()
    second = signed(sent, wish.application, at=LATER)
    worked(CheckKind.LATER_HELD, LATER + READ)
    with pytest.raises(UnableToOpenMarket, match="has it already"):
        take_back_market(wish=second, actor=ACTOR, at=LATER)


@pytest.mark.parametrize("market", ["SH", "XX"])
def test_a_market_that_is_there_or_unknown_is_refused(market: str) -> None:
    application = one_market()
    with pytest.raises(UnableToOpenMarket):
        ask_for_market(application=application, market=market, language="en", actor=ACTOR, at=AT)


@pytest.mark.parametrize("before", [Status.APPROVED, Status.OPENING, Status.VISIT])
def test_before_the_account_is_active_nothing_is_asked_for(before: Status) -> None:
    with pytest.raises(UnableToOpenMarket, match="active"):
        ask_for_market(
            application=an_application(before), market="SZ", language="en", actor=ACTOR, at=AT
        )


def test_with_a_document_that_closed_buying_it_is_renewed_first() -> None:
    application = one_market()
    IdDocument.objects.filter(application=application).delete()
    IdDocument.objects.create(
        application=application,
        status="limited",
        valid_to=AT.date(),
        status_since=AT,
        stopped=["buy"],
        rule_version="tests",
    )
    with pytest.raises(UnableToOpenMarket, match="Renew it first"):
        asked(application)


def test_where_nothing_moves_by_law_nothing_is_opened_until_compliance_clears_it(
    sent: Sent,
) -> None:
    wish = signed(sent)
    hit = confirmed(ListKind.SANCTIONS, wish.application)
    worked(CheckKind.LATER_HELD, LATER)
    assert status() == ("signed", ""), "the answer is there, and nothing is opened"
    with pytest.raises(UnableToOpenMarket, match="ask our service"):
        asked(Application.objects.get(pk=wish.application.pk), at=LATER)
    officer = make_staff(Role.COMPLIANCE)
    decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="错", at=LATER)
    deliver(LATER)
    assert status() == ("opening", "")


def test_the_database_opens_no_later_market_without_a_signature() -> None:
    wish = asked()
    row = MarketAccount.objects.create(application=wish.application, market="SZ", status_since=AT)
    row.move_to(MarketStatus.OPEN)
    row.number = "0123456789"
    with pytest.raises(IntegrityError, match="nobody signed"), transaction.atomic():
        row.save()
    for name, values in (
        ("opened_after_the_signature", {"status": "opening"}),
        ("signed_market_wish_was_read", {"signed_at": AT}),
        ("refused_market_wish_says_why", {"status": "refused", "ended_at": AT}),
        ("ended_market_wish_says_when", {"status": "withdrawn"}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            MarketWish.objects.filter(pk=wish.pk).update(**values)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_wish_and_two_signatures_one_account(sent: Sent) -> None:
    application = one_market()

    def request() -> int:
        try:
            return asked(application).pk
        finally:
            connection.close()

    (pk,) = set(together(request, times=3))
    wish = MarketWish.objects.get(pk=pk)
    send_market_code(wish=wish, phone=PHONE, language="en", at=AT + READ)

    def sign() -> str:
        try:
            return sign_for_market(wish=wish, code=sent.code, actor=ACTOR, at=AT + READ).status
        finally:
            connection.close()

    assert set(together(sign, times=2)) == {"signed"}
    assert Entry.objects.filter(kind="accounts.market_signed").count() == 1
    with pytest.raises(IntegrityError, match="one_open_market_wish"), transaction.atomic():
        MarketWish.objects.create(
            application=application, market="SH", text=wish.text, asked_at=AT, text_opened_at=AT
        )


def test_the_customer_s_own_copy_tells_the_wish(sent: Sent) -> None:
    wish = signed(sent)
    (told,) = wishes_told(wish.application)
    assert (told["account"], told["signed_at"]) == (
        "Shenzhen A shares",
        (AT + READ).isoformat(),
    )
    assert next(row["account"] for row in accounts_told(wish.application)) == "SH"
