"""Simulated trading in place of the test of knowledge, and as a condition of option levels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.users.models import User
from suitability.imports.simulated import SIMULATED_TRADING_LIST
from suitability.models import SimulatedTrading
from suitability.rules.grades import ProfessionalKind
from suitability.selectors.permissions import ways_of
from suitability.selectors.simulated import practised
from suitability.selectors.statuses import steps_of
from suitability.use_cases.asking_status import UnableToAsk, send_request
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment
from tests.suitability.professional import CONVERSION_FACTS, an_application, explained, prove

pytestmark = pytest.mark.django_db
ON = AT.date()
DAY = timedelta(days=1)
ACTOR_REF = UUID(int=7)


def taken(who: Any, **values: Any) -> SimulatedTrading:
    """A certificate as the import desk takes it."""
    maker, checker = make_staff(Role.OPERATIONS), make_staff(Role.OPERATIONS)
    row: dict[str, Any] = {
        "customer": who.ref,
        "fact": "simulated_trading",
        "trades": 20,
        "days": 10,
        "first_on": ON - 30 * DAY,
        "last_on": ON - 10 * DAY,
        "certificate": "MN-1",
        **values,
    }
    facts = SIMULATED_TRADING_LIST.facts([row], user=maker)
    SIMULATED_TRADING_LIST.check(row, facts, user=maker)
    SIMULATED_TRADING_LIST.take(row, maker=maker, checker=checker, at=AT)
    return SimulatedTrading.objects.get(fact=row["fact"], certificate=row["certificate"])


@pytest.fixture
def customer() -> Any:
    made = a_customer()
    a_confirmed_assessment(made)
    return made


def test_it_takes_the_place_of_the_test_and_too_little_does_not(customer: Any) -> None:
    request = explained(an_application(customer, ProfessionalKind.CONVERTED))
    prove(request, dict(CONVERSION_FACTS))
    given: dict[str, Any] = {"purpose": "我做了三年", "extra": "无", "actor": ACTOR, "at": AT}
    taken(customer, trades=19)
    with pytest.raises(UnableToAsk, match="test of knowledge or simulated trading"):
        send_request(request=request, **given)
    taken(customer, certificate="MN-2")
    assert "knowledge_test" in steps_of(request, ON)
    assert send_request(request=request, **given).submitted_at == AT


def test_it_proves_the_level_of_options_that_it_was_about(customer: Any) -> None:
    taken(customer, fact="options_simulated_1")
    assert set(practised(customer, ON)) == {"options_simulated_1"}
    assert practised(customer, ON + 800 * DAY) == {}
    known = {level: "options_simulated" not in str(_unknown(customer, level)) for level in (1, 2)}
    assert known == {1: True, 2: False}


def _unknown(customer: Any, level: int) -> list[str]:
    """The conditions of an option level that are not met, with their reasons."""
    [way] = ways_of(customer, ON, key=f"options_{level}")
    return [repr(each) for each in way.distance.conditions if not each.met]


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"last_on": ON + DAY}, "last_on"),
        ({"last_on": ON - 40 * DAY}, "last_on"),
        ({"days": 22}, "days"),
        ({"customer": UUID(int=4)}, "customer"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_column(
    customer: Any, wrong: dict[str, Any], column: str, on_monday: None
) -> None:
    with pytest.raises(ValidationError) as refused:
        taken(customer, **wrong)
    assert list(refused.value.message_dict) == [column]


def test_a_certificate_counts_once_stays_and_two_people_took_it(customer: Any) -> None:
    row = taken(customer)
    with pytest.raises(ValidationError):
        taken(customer)
    alone: dict[str, Any] = {
        "certificate": "MN-3",
        "brought_by_ref": ACTOR_REF,
        "released_by_ref": ACTOR_REF,
    }
    values = model_to_dict(row, fields=["fact", "trades", "days", "first_on", "last_on"])
    values |= {"customer": customer, "taken_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        SimulatedTrading.objects.create(**values, **alone)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        SimulatedTrading.objects.update(trades=99)
    assert Entry.objects.filter(kind="suitability.practice_taken").count() == 1
    assert User.objects.filter(ref=SimulatedTrading.objects.get().brought_by_ref).exists()
