"""Two officers, one queue: the most urgent one, to one person, who has learned it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection

from accounts.models import Application, ReviewSkill
from accounts.review.states import Skill
from accounts.states import Status
from accounts.use_cases import (
    UnableToReview,
    claim_review,
    give_back,
    release_claim,
    take_next,
)
from branches.models import OrgUnit
from brokerage.core import clock, scope
from brokerage.core.roles import sync_roles
from tests.accounts.factories import AT, a_reviewer, an_application
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.reference.factories import make_turn
from tests.threads import together

_phones = count(1)


def waiting(outlet: OrgUnit, **values: object) -> Application:
    made = an_application(
        outlet=outlet, customer=a_customer(f"+861380013{next(_phones):04d}"), at=AT
    )
    Application.objects.filter(pk=made.pk).update(**values)
    return made


@pytest.mark.django_db
def test_the_nearest_promise_comes_first_and_nothing_is_said_by_none() -> None:
    sync_roles()
    outlet = make_unit()
    later = waiting(outlet, promised_at=AT + timedelta(hours=3))
    sooner = waiting(outlet, promised_at=AT + timedelta(hours=1))
    waiting(make_unit(), promised_at=AT)
    officer = a_reviewer(outlet)
    taken = [take_next(officer=officer, at=AT) for _ in range(3)]
    assert taken == [sooner, later, None]


@pytest.mark.django_db
def test_only_who_has_learned_it_takes_it() -> None:
    sync_roles()
    outlet = make_unit()
    row = waiting(outlet, skills=[Skill.TAX])
    officer = a_reviewer(outlet)
    assert take_next(officer=officer, at=AT) is None
    with pytest.raises(UnableToReview, match="Tax residence"):
        claim_review(application=row, officer=officer, at=AT)
    ReviewSkill.objects.create(user=officer, skill=Skill.TAX, valid_from=AT.date())
    assert take_next(officer=officer, at=AT) == row


@pytest.mark.django_db
def test_who_gives_it_back_lets_others_take_it() -> None:
    outlet = make_unit()
    first, second = a_reviewer(outlet), a_reviewer(outlet)
    mine = claim_review(application=waiting(outlet), officer=first, at=AT)
    with pytest.raises(UnableToReview):
        give_back(application=mine, officer=second, at=AT)
    back = give_back(application=mine, officer=first, at=AT)
    assert (back.status, back.claimed_by) == (Status.SUBMITTED, None)


@pytest.mark.django_db
def test_in_a_surge_the_queue_is_everybodys_who_reviews() -> None:
    here, there = make_unit(), make_unit()
    row = waiting(there)
    officer = a_reviewer(here)
    assert row not in scope.visible(Application, officer)
    start = clock.now() - timedelta(hours=1)
    make_turn(start, "opening.surge", True)
    assert row in scope.visible(Application, officer)
    make_turn(start + timedelta(minutes=30), "opening.surge", False)
    assert row not in scope.visible(Application, officer)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_get_two_applications() -> None:
    sync_roles()
    outlet = make_unit()
    rows = {waiting(outlet).pk for _ in range(2)}
    people = [a_reviewer(outlet) for _ in range(3)]
    turn = iter(people)

    def take() -> int | None:
        try:
            found = take_next(officer=next(turn), at=AT)
            return found.pk if found else None
        finally:
            connection.close()

    taken = together(take, times=3)
    assert sorted(taken, key=str) == sorted([*rows, None], key=str)
    for row in Application.objects.all():
        assert row.status == Status.REVIEWING


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_ran_out_goes_to_one_of_two() -> None:
    outlet = make_unit()
    first, second = a_reviewer(outlet), a_reviewer(outlet)
    row = claim_review(application=waiting(outlet), officer=first, at=AT)
    late = AT + timedelta(hours=3)
    assert release_claim(
        application=row, taken_before=late - timedelta(hours=2), rule_version="t", at=late
    )
    turn = iter([first, second])

    def claim() -> object:
        officer = next(turn)
        try:
            return claim_review(application=row, officer=officer, at=late).claimed_by_id
        except UnableToReview:
            return None
        finally:
            connection.close()

    answers = together(claim, times=2)
    row.refresh_from_db()
    assert sorted(answers, key=str) == sorted([row.claimed_by_id, None], key=str)
