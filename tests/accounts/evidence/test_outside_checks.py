"""A question to a counterparty: asked once, answered once, whatever the other side does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.evidence.windows import next_opening, pause_after
from accounts.gateways import Person, Unavailable, gateways
from accounts.gateways.bank import CardQuestion
from accounts.gateways.depository import OpenQuestion
from accounts.gateways.identity import IdentityAnswer
from accounts.models import OutsideCheck
from accounts.use_cases import outside_checks
from accounts.use_cases.outside_checks import ask, check_of, request_check, take_answer
from brokerage.core.clock import SHANGHAI
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from tests.accounts.factories import a_draft
from tests.threads import together

ACTOR = Actor.system("tests")


def person(sequence: str = "123") -> Person:
    """Invented, with the scenario in the sequence; gateways do not look at the check digit."""
    return Person("江映雪", "resident_id", f"11010519900307{sequence}X")


def asked(
    at: datetime, kind: CheckKind = CheckKind.IDENTITY, question: Any = None
) -> OutsideCheck:
    return request_check(
        application=a_draft(at=at),
        kind=kind,
        question=question or person(),
        actor=ACTOR,
        at=at,
    )


def kinds() -> list[str]:
    found = Entry.objects.order_by("pk").values_list("kind", flat=True)
    return [kind for kind in found if "check" in kind or "answer" in kind]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An identity gateway that does what the test says."""
    said: dict[str, Any] = {"answer": IdentityAnswer("match"), "asked": 0}

    class Gateway:
        def verify(self, question, *, key, at):
            said["asked"] += 1
            if isinstance(said["answer"], BaseException):
                raise said["answer"]
            return said["answer"]

    usual = gateways()
    monkeypatch.setattr(outside_checks, "gateways", lambda: replace(usual, identity=Gateway()))
    return said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sequence", "result"), [("123", "match"), ("901", "mismatch"), ("902", "not_found")]
)
def test_the_answer_is_kept_encrypted_and_told_by_its_code(at, sequence, result) -> None:
    check = ask(check=asked(at, question=person(sequence)), at=at)

    assert (check.status, check.result, check.sandbox) == ("answered", result, True)
    assert check.facts["result"] == result
    row = OutsideCheck.objects.filter(pk=check.pk).values("question", "answer").get()
    assert "江映雪" not in json.dumps(row, ensure_ascii=False)
    entry = Entry.objects.get(kind="accounts.check_answered")
    assert entry.payload["result"] == result
    assert entry.payload["sandbox"] is True


@pytest.mark.django_db
def test_the_same_question_is_asked_once_and_another_replaces_it(at) -> None:
    application = a_draft(at=at)

    def request(question):
        return request_check(
            application=application,
            kind=CheckKind.IDENTITY,
            question=question,
            actor=ACTOR,
            at=at,
        )

    first = ask(check=request(person()), at=at)
    assert request(person()) == first
    second = request(person("901"))

    first.refresh_from_db()
    assert first.status == CheckStatus.SUPERSEDED
    assert check_of(application, CheckKind.IDENTITY) == second


@pytest.mark.django_db
def test_an_answer_to_a_replaced_question_changes_nothing(at) -> None:
    first = asked(at)
    second = request_check(
        application=first.application,
        kind=CheckKind.IDENTITY,
        question=person("901"),
        actor=ACTOR,
        at=at,
    )

    take_answer(check=first, result="match", facts={}, at=at)

    assert OutsideCheck.objects.get(pk=first.pk).result == ""
    assert OutsideCheck.objects.get(pk=second.pk).status == CheckStatus.ASKED
    assert kinds()[-1] == "accounts.late_answer_ignored"


@pytest.mark.django_db
def test_a_second_answer_is_ignored_and_the_same_one_not_even_noted(at) -> None:
    check = ask(check=asked(at), at=at)

    take_answer(check=check, result="match", facts={}, at=at)
    take_answer(check=check, result="mismatch", facts={}, at=at)

    check.refresh_from_db()
    assert check.result == "match"
    assert kinds() == [
        "accounts.check_requested",
        "accounts.check_answered",
        "accounts.late_answer_ignored",
    ]


@pytest.mark.django_db
def test_a_counterparty_that_is_down_is_asked_again_and_then_answers(at, played) -> None:
    played["answer"] = Unavailable("down")
    check = asked(at)

    waits = ask(check=check, at=at)
    assert (waits.status, waits.last_problem) == (CheckStatus.ASKED, "down")
    assert waits.next_attempt_at == at + timedelta(seconds=5)

    ask(check=check, at=at + timedelta(seconds=4))  # too early: nobody is asked
    assert played["asked"] == 1

    played["answer"] = IdentityAnswer("match")
    done = ask(check=check, at=at + timedelta(seconds=5))
    assert (done.result, done.attempts) == ("match", 2)


@pytest.mark.django_db
def test_patience_ends_and_the_same_question_may_be_asked_anew(at, played) -> None:
    played["answer"] = Unavailable("down")
    check = asked(at)

    later = at + timedelta(hours=72)
    assert ask(check=check, at=later).status == CheckStatus.UNANSWERED
    assert kinds()[-1] == "accounts.check_unanswered"

    again = request_check(
        application=check.application,
        kind=CheckKind.IDENTITY,
        question=person(),
        actor=ACTOR,
        at=later,
    )
    assert again.pk != check.pk


@pytest.mark.django_db
def test_a_killed_worker_leaves_the_question_due_again(at, played) -> None:
    played["answer"] = KeyboardInterrupt()
    check = asked(at)
    with pytest.raises(KeyboardInterrupt):
        ask(check=check, at=at)

    played["answer"] = IdentityAnswer("match")
    assert ask(check=check, at=at + timedelta(seconds=29)).status == CheckStatus.ASKED
    assert ask(check=check, at=at + timedelta(seconds=30)).status == CheckStatus.ANSWERED


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once(at, played) -> None:
    check = asked(at)

    def work() -> None:
        try:
            ask(check=check, at=at)
        finally:
            connection.close()

    together(work, times=4)

    assert played["asked"] == 1
    assert kinds().count("accounts.check_answered") == 1


@pytest.mark.django_db
def test_the_depository_waits_for_its_window(at) -> None:
    evening = datetime(2026, 3, 6, 20, 0, tzinfo=SHANGHAI)  # a Friday

    check = asked(evening, CheckKind.HOLDINGS)

    monday = datetime(2026, 3, 9, 9, 0, tzinfo=SHANGHAI)
    assert check.next_attempt_at == monday
    assert ask(check=check, at=evening).status == CheckStatus.ASKED
    assert ask(check=check, at=monday).result == CheckResult.NONE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sequence", "result", "opened"),
    [("123", "opened", 2), ("908", "partly", 1), ("901", "refused", 0)],
)
def test_the_depository_opens_what_it_can(at, sequence, result, opened) -> None:
    question = OpenQuestion(person(sequence), ("sh_a", "sz_a"))

    check = ask(check=asked(at, CheckKind.OPENING, question), at=at)

    assert check.result == result
    assert sum(bool(row["number"]) for row in check.facts["accounts"]) == opened
    assert bool(check.facts["one_code"]) == bool(opened)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("card", "result"),
    [
        ("6222020000001234", "own"),
        ("6222020000009901", "other"),
        ("6222020000009905", "wrong_class"),
    ],
)
def test_the_bank_says_whose_card_it_is(at, card, result) -> None:
    question = CardQuestion(person(), "ICBC", card, "+8613900139000")

    assert ask(check=asked(at, CheckKind.CARD, question), at=at).result == result


@pytest.mark.django_db
def test_a_kind_takes_its_own_question_only(at) -> None:
    with pytest.raises(TypeError, match="CardQuestion"):
        asked(at, CheckKind.CARD, person())


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02 08:59", "2026-03-02 09:00"),
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 15:59", "2026-03-02 15:59"),
        ("2026-03-02 16:00", "2026-03-03 09:00"),
        ("2026-03-07 10:00", "2026-03-09 09:00"),
    ],
)
def test_the_next_opening(now, expected) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)

    found = next_opening(at, time(9), time(16), lambda day: day.weekday() < 5)

    assert found == datetime.fromisoformat(expected).replace(tzinfo=SHANGHAI)


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 4, 5, 50)] == [
        5, 30, 120, 300, 900, 900,
    ]  # fmt: skip
