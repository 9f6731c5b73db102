"""Work in finance and a record in futures: proved with a document that two people took."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import PermissionProof
from accounts.permissions.proofs import PERMISSION_PROOF_LIST
from accounts.permissions.retention import forget_proofs, old_proofs
from accounts.permissions.states import ProvedFact
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from suitability.profiles import standing_of
from suitability.selectors.permissions import ways_of
from tests.accounts.permissions.factories import AT, BEGINNER, a_graded_permission, a_trader
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff

pytestmark = pytest.mark.django_db
ON = AT.date()
DAY = timedelta(days=1)


def taken(who: Any, **values: Any) -> PermissionProof:
    """A document as the import desk takes it."""
    maker, checker = make_staff(Role.OPERATIONS), make_staff(Role.OPERATIONS)
    row: dict[str, Any] = {
        "customer": who.ref,
        "fact": ProvedFact.FINANCE_WORK.value,
        "months": 24,
        "as_of": ON - DAY,
        "document": "示范基金 2026-1",
        **values,
    }
    facts = PERMISSION_PROOF_LIST.facts([row], user=maker)
    PERMISSION_PROOF_LIST.check(row, facts, user=maker)
    PERMISSION_PROOF_LIST.take(row, maker=maker, checker=checker, at=AT)
    return PermissionProof.objects.get(fact=row["fact"], document=row["document"])


def unmet(who: Any, key: str, fact: str) -> bool:
    """Whether a condition about `fact` keeps the customer from a permission."""
    [way] = ways_of(who, ON, key=key)
    return any(
        reason.parameters.get("fact") == fact
        for each in way.distance.conditions
        if not each.met
        for reason in each.reasons
    )


def test_enough_months_of_work_in_finance_stand_for_months_of_investing(on_monday: None) -> None:
    customer, fact = a_trader(counted=1_200_000), ProvedFact.FINANCE_WORK.value
    taken(customer, months=23)
    assert unmet(customer, "neeq_innovation", fact)
    taken(customer, months=24, document="示范基金 2026-2")
    taken(customer, months=6, document="示范基金 2026-3")
    assert not unmet(customer, "neeq_innovation", fact), "the document with most months counts"
    assert fact not in standing_of(customer, ON - 2 * DAY).facts, "not before its date"


def test_a_record_in_financial_futures_opens_option_levels_without_margin(on_monday: None) -> None:
    customer, fact = a_trader(), ProvedFact.FUTURES.value
    assert unmet(customer, "options_1", fact)
    taken(customer, fact=fact, months=None)
    assert not unmet(customer, "options_1", fact)


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"as_of": ON + DAY}, "as_of"),
        ({"months": None}, "months"),
        ({"fact": ProvedFact.FUTURES.value}, "months"),
        ({"customer": UUID(int=4)}, "customer"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_column(
    wrong: dict[str, Any], column: str, on_monday: None
) -> None:
    with pytest.raises(ValidationError) as refused:
        taken(a_trader(), **wrong)
    assert list(refused.value.message_dict) == [column]


def test_a_document_counts_once_stays_and_two_people_took_it(on_monday: None) -> None:
    customer = a_trader()
    row = taken(customer)
    with pytest.raises(ValidationError):
        taken(customer)
    values: dict[str, Any] = {
        "customer": customer,
        "fact": row.fact,
        "months": 24,
        "as_of": ON,
        "document": "示范基金 2026-9",
        "taken_at": AT,
        "brought_by_ref": UUID(int=7),
        "released_by_ref": UUID(int=8),
    }
    for wrong in ({"released_by_ref": UUID(int=7)}, {"months": None}, {"document": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PermissionProof.objects.create(**values | wrong)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        PermissionProof.objects.update(months=99)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        PermissionProof.objects.all().delete()
    assert Entry.objects.filter(kind="accounts.permission_proof_taken").count() == 1


def test_it_goes_when_the_customer_left_long_ago(on_monday: None) -> None:
    customer = a_trader()
    taken(customer)
    later = AT + 10 * DAY
    assert not old_proofs(later).exists(), "the customer is still here"
    customer.closed_at = AT + DAY
    customer.save()
    assert forget_proofs(old_proofs(later)) == 1


def test_the_page_says_where_a_document_is_taken(on_monday: None) -> None:
    customer = a_trader(number=BEGINNER)
    a_graded_permission("options_1")
    page = reverse("permissions:permission", args=["options_1"])
    assert _leads_to_outlets(customer, page)
    a_graded_permission("star")
    assert not _leads_to_outlets(customer, reverse("permissions:permission", args=["star"]))


def _leads_to_outlets(customer: Any, page: str) -> bool:
    shown = desk_of(customer.user).get(page).content.decode()
    content = shown.split("</h1>")[1].split("</main>")[0]
    return reverse("branches:outlets") in content
