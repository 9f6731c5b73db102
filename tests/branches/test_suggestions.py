"""A suggestion from filing to its measured effect; joins, contests, scores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from branches.models import Ownership, Score, ScorePeriod, Suggestion, Voice
from branches.states import Kind
from branches.suggestions.effect import Verdict, Window
from branches.suggestions.states import Mood, Status
from branches.suggestions.steps import register, steps
from branches.use_cases import answer_suggestion as answering
from branches.use_cases.answer_suggestion import UnableToAnswer
from branches.use_cases.answer_voice import UnableToReply, answer_voice
from branches.use_cases.file_suggestion import (
    Place,
    UnableToFile,
    file_suggestion,
    raise_voice,
)
from branches.use_cases.give_ownership import UnableToOwn, give_ownership
from branches.use_cases.score_suggestions import (
    UnableToScore,
    answer_contest,
    contest_score,
    propose_period,
)
from brokerage.backoffice.four_eyes import decide
from brokerage.core import scope
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from tests.branches.factories import ACTOR, make_head_office, make_staff, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
STEP = "tests.step"


@pytest.fixture(autouse=True)
def a_step(time_machine: Any) -> Iterator[None]:
    """One step that somebody counts: 60 of 100 a day finished before 2 March, 80 from then on."""

    def count(start: date, end: date) -> Window:
        days = [start + timedelta(days=n) for n in range((end - start).days)]
        return Window(100 * len(days), sum(80 if day >= TODAY else 60 for day in days))

    time_machine.move_to(AT, tick=False)
    register(STEP, "A step", count)
    yield
    steps._items.pop(STEP)


def filed(author: Any = None, title: str = "按钮太小", **more: Any) -> Suggestion:
    author = author or make_staff(Role.ADVISER, make_unit())
    place = Place(step=STEP, screen="accounts:step")
    text = "手机上点不到，改大一些。"
    return file_suggestion(author=author, place=place, title=title, text=text, at=AT, **more)


def test_the_owner_of_the_step_answers_within_the_clock() -> None:
    department = make_unit(Kind.DEPARTMENT)
    give_ownership(subject=STEP, department=department, valid_from=TODAY, actor=ACTOR, at=AT)
    row = filed()
    assert row.owner == department
    assert row.due_on == date(2026, 3, 16)  # ten working days
    assert row.release
    other = make_unit(Kind.DEPARTMENT)
    give_ownership(
        subject=STEP, department=other, valid_from=TODAY + timedelta(days=1), actor=ACTOR, at=AT
    )
    assert Ownership.objects.all().owner_of(STEP, TODAY) == department
    assert Ownership.objects.all().owner_of(STEP, TODAY + timedelta(days=1)) == other
    with pytest.raises(UnableToOwn):
        give_ownership(subject=STEP, department=other, valid_from=TODAY, actor=ACTOR, at=AT)
    with pytest.raises(UnableToOwn):
        give_ownership(
            subject="tests.b", department=make_unit(), valid_from=TODAY, actor=ACTOR, at=AT
        )


def test_a_text_with_a_persons_number_is_refused_beside_its_field() -> None:
    author = make_staff(Role.BRANCH_MANAGER, make_unit())
    with pytest.raises(UnableToFile) as refused:
        file_suggestion(
            author=author, place=Place(step=STEP), title="好", text="13800138000", at=AT
        )
    assert refused.value.field == "text"
    with pytest.raises(UnableToFile) as refused:
        file_suggestion(author=author, place=Place(step="x"), title="好的", text="改大", at=AT)
    assert refused.value.field == "step"


def test_from_acceptance_to_a_measured_effect() -> None:
    row, officer = filed(), make_staff(Role.HEAD_OFFICE)
    answering.accept(suggestion=row, officer=officer, answer="下一版上线", at=AT)
    answering.release(suggestion=row, officer=officer, on=TODAY, name="2026.03", at=AT)
    row.refresh_from_db()
    assert answering.measure(suggestion=row, at=AT + timedelta(days=27)) is None
    effect = answering.measure(suggestion=row, at=AT + timedelta(days=28))
    assert effect is not None
    assert effect.verdict == Verdict.BETTER
    row.refresh_from_db()
    assert (row.before, row.after) == (Window(2800, 1680), Window(2800, 2240))
    with pytest.raises(UnableToAnswer):
        answering.measure(suggestion=row, at=AT + timedelta(days=29))


def test_the_author_is_told_and_nobody_answers_their_own() -> None:
    author = make_staff(Role.HEAD_OFFICE)
    row = filed(author)
    with pytest.raises(UnableToAnswer, match="own"):
        answering.accept(suggestion=row, officer=author, answer="好", at=AT)
    with pytest.raises(UnableToAnswer, match="why"):
        answering.decline(suggestion=row, officer=make_staff(Role.HEAD_OFFICE), answer=" ", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.filter(pk=row.pk).update(
            status=Status.ACCEPTED, answer="好", decided_by=author, decided_at=AT
        )


def test_a_no_is_contested_once_and_answered_by_somebody_else() -> None:
    author = make_staff(Role.ADVISER, make_unit())
    row, first = filed(author), make_staff(Role.HEAD_OFFICE)
    second = make_staff(Role.HEAD_OFFICE)
    answering.decline(suggestion=row, officer=first, answer="成本太高", at=AT)
    with pytest.raises(UnableToAnswer, match="author"):
        answering.contest(suggestion=row, author=first, why="不", at=AT)
    answering.contest(suggestion=row, author=author, why="成本并不高", at=AT)
    with pytest.raises(UnableToAnswer, match="else"):
        answering.accept(suggestion=row, officer=first, answer="好吧", at=AT)
    answering.decline(suggestion=row, officer=second, answer="核算过，仍不采纳", at=AT)
    row.refresh_from_db()
    assert (row.status, row.contest_by, row.answer) == (Status.CLOSED, second, "成本太高")
    with pytest.raises(UnableToAnswer):
        answering.contest(suggestion=row, author=author, why="再来", at=AT)


def test_duplicates_join_and_keep_their_credit() -> None:
    officer = make_staff(Role.HEAD_OFFICE)
    first, second, third = filed(), filed(title="字太小"), filed(title="看不清")
    answering.join(suggestion=third, other=second, officer=officer, at=AT)
    answering.join(suggestion=second, other=first, officer=officer, at=AT)
    assert set(first.joined.all()) == {second, third}
    with pytest.raises(UnableToAnswer):
        answering.join(suggestion=first, other=second, officer=officer, at=AT)
    with pytest.raises(UnableToAnswer):
        answering.join(suggestion=first, other=first, officer=officer, at=AT)


def scored(*, until: date = TODAY + timedelta(days=29)) -> ScorePeriod:
    at = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    maker, checker = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    period = propose_period(starts_on=TODAY, ends_on=until, maker=maker, at=at)
    return decide(
        model=ScorePeriod, ref=period.ref, checker=checker, decision=Decision.APPROVED, at=at
    )


def test_every_person_and_outlet_is_scored_by_adopted_effect() -> None:
    outlet = make_unit()
    head = make_staff(Role.BRANCH_MANAGER, outlet)
    author, silent = make_staff(Role.ADVISER, outlet), make_staff(Role.ADVISER, outlet)
    officer = make_staff(Role.HEAD_OFFICE)
    first, second = filed(author), filed(head, title="字太小")
    answering.join(suggestion=second, other=first, officer=officer, at=AT)
    answering.accept(suggestion=first, officer=officer, answer="好", at=AT)
    answering.release(suggestion=first, officer=officer, on=TODAY, name="2026.03", at=AT)
    answering.measure(suggestion=first, at=AT + timedelta(days=28))
    scored()
    found = {row.person: row for row in Score.objects.filter(unit=outlet)}
    assert found[author].points == Decimal("10.0")  # 1 + 3 + 20 points of gain, capped
    assert found[head].points == Decimal("5.0")  # joined: half
    assert (found[silent].points, found[silent].floor_met) == (Decimal(0), False)
    assert (found[None].filed, found[None].adopted) == (2, 2)
    assert not found[None].floor_met  # two filed, three people


def test_a_score_is_contested_once_and_answered_by_somebody_else() -> None:
    author = make_staff(Role.ADVISER, make_unit())
    filed(author)
    scored()
    row = Score.objects.get(person=author)
    other, officer = make_staff(Role.ADVISER, make_unit()), make_staff(Role.HEAD_OFFICE)
    with pytest.raises(UnableToScore, match="person"):
        contest_score(score=row, person=other, why="不对", at=AT)
    contest_score(score=row, person=author, why="我的建议已上线", at=AT)
    with pytest.raises(UnableToScore, match="already"):
        contest_score(score=row, person=author, why="再说一次", at=AT)
    answered = answer_contest(
        score=row, officer=officer, answer="核对后补记", at=AT, points=Decimal("1.0")
    )
    assert (answered.points, answered.inputs["points_before_contest"]) == (Decimal("1.0"), "0.0")
    with pytest.raises(UnableToScore):
        answer_contest(score=row, officer=officer, answer="又", at=AT)


def test_a_period_is_assessed_once_and_only_when_it_is_over() -> None:
    make_staff(Role.ADVISER, make_unit())
    scored()
    with pytest.raises(UnableToScore, match="already"):
        scored()
    maker = make_staff(Role.HEAD_OFFICE)
    with pytest.raises(UnableToScore, match="over"):
        propose_period(starts_on=TODAY, ends_on=TODAY + timedelta(days=1), maker=maker, at=AT)


def test_a_customers_words_are_answered_once_by_a_message() -> None:
    customer, officer = a_customer(), make_staff(Role.HEAD_OFFICE)
    voice = raise_voice(
        customer=customer,
        place=Place(step=STEP),
        mood=Mood.COMPLAINT,
        text="等太久",
        actor=ACTOR,
        at=AT,
    )
    answer_voice(voice=voice, officer=officer, answer="下周会快很多", at=AT)
    assert Message.objects.filter(user=customer.user).count() == 1
    with pytest.raises(UnableToReply):
        answer_voice(voice=voice, officer=officer, answer="再说", at=AT)


def test_who_sees_which_suggestion() -> None:
    outlet = make_unit()
    author, neighbour = make_staff(Role.ADVISER, outlet), make_staff(Role.ADVISER, outlet)
    manager = make_staff(Role.BRANCH_MANAGER, outlet)
    stranger = make_staff(Role.BRANCH_MANAGER, make_unit())
    officer = make_staff(Role.HEAD_OFFICE)
    row = filed(author)

    def sees(user: Any) -> bool:
        return scope.visible(Suggestion, user).filter(pk=row.pk).exists()

    assert [sees(user) for user in (author, manager, officer)] == [True] * 3
    assert [sees(user) for user in (neighbour, stranger)] == [False] * 2
    answering.accept(suggestion=row, officer=officer, answer="好", at=AT)
    answering.release(suggestion=row, officer=officer, on=TODAY, name="2026.03", at=AT)
    assert sees(neighbour)
    assert sees(stranger)


def test_a_customer_says_it_from_the_page_and_typed_words_stay(client: Client) -> None:
    make_head_office()
    customer = a_customer()
    sign_in(client, customer.user)
    wrong = client.post("/suggest/", {"step": STEP, "mood": "idea", "text": "好"})
    assert "好" in wrong.content.decode()
    assert wrong.status_code == 200
    answer = client.post(
        "/suggest/",
        {"step": STEP, "mood": "praise", "text": "很快，谢谢", "screen": "x"},
    )
    assert answer.status_code == 302
    voice = Voice.objects.get()
    assert (voice.text, voice.customer) == ("很快，谢谢", customer)


@pytest.mark.django_db(transaction=True)
def test_two_officers_answer_at_once_and_one_counts() -> None:
    row = filed()
    officers = [make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)]
    start, outcomes = Barrier(2), []

    def answer(officer: Any, act: Any) -> None:
        start.wait()
        try:
            act(suggestion=row, officer=officer, answer="好", at=AT)
            outcomes.append("done")
        except UnableToAnswer:
            outcomes.append("refused")
        finally:
            connection.close()

    acts = (answering.accept, answering.decline)
    threads = [Thread(target=answer, args=pair) for pair in zip(officers, acts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_the_author_reads_what_became_of_it() -> None:
    row = filed()
    answering.accept(suggestion=row, officer=make_staff(Role.HEAD_OFFICE), answer="好", at=AT)
    deliver_pending(at=AT)
    kinds = Message.objects.filter(user=row.author).values_list("text__kind", flat=True)
    assert list(kinds).count("branches.suggestion_accepted") == 1
