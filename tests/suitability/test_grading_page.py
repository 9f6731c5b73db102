"""Items and grades in the back office: what is refused is said, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from brokerage.core.roles import Role, sync_roles
from suitability.models import GradedItem, ItemGrade
from tests.backoffice.factories import desk
from tests.suitability.matching import FLOORS, MILD, a_graded_item, an_item

pytestmark = pytest.mark.django_db

GRADES = "/admin/suitability/itemgrade/add/"
ITEMS = "/admin/suitability/gradeditem/"


@pytest.fixture
def client() -> Client:
    sync_roles()
    return desk(Role.HEAD_OFFICE)


def asked(item: GradedItem, **values: str) -> dict[str, str]:
    """What somebody types to propose the lowest grade."""
    levels = {f"level_{key}": level for key, level in MILD.items()}
    plain = {"item": str(item.pk), "category": FLOORS["R1"], "valid_from": "2027-01-04"}
    return plain | levels | {"change_reason": "首次评级", "proposed": ""} | values


def test_a_grade_is_proposed_and_waits(client: Client) -> None:
    item = an_item()
    assert client.post(GRADES, asked(item)).status_code == 302
    row = ItemGrade.objects.get(item=item)
    assert (row.grade, row.is_pending) == ("R1", True)


def test_a_missing_factor_is_said_and_nothing_is_lost(client: Client) -> None:
    item = an_item()
    page = client.post(GRADES, asked(item, level_leverage="", change_reason="年度复评"))
    assert page.status_code == 200
    assert "leverage" in page.context["errors"].as_text().lower()
    assert "年度复评" in page.content.decode()
    assert not ItemGrade.objects.exists()


def test_a_grade_below_its_floor_is_refused(client: Client) -> None:
    item = an_item()
    page = client.post(GRADES, asked(item, category=FLOORS["R4"], proposed="R1"))
    assert page.status_code == 200
    assert page.context["errors"]
    assert not ItemGrade.objects.exists()


def test_an_item_is_added_once(client: Client) -> None:
    item = a_graded_item()
    values = {name: str(getattr(item, name)) for name in ("kind", "name_zh", "name_en", "type")}
    page = client.post(f"{ITEMS}add/", values | {"code": item.code, "months": "0"})
    assert "code" in page.context["adminform"].form.errors
    made = client.post(f"{ITEMS}add/", values | {"code": "NEW-1", "months": "6"})
    assert made.status_code == 302
    assert GradedItem.objects.get(code="NEW-1").months == 6


def test_requirements_are_read_as_words_not_as_code(client: Client) -> None:
    item = a_graded_item(requirements=["assets_500k", "experience_2y"])
    page = client.get(f"{ITEMS}{item.ref}/change/").content.decode()
    assert "assets_500k, experience_2y" in page
    assert "[&#x27;" not in page
