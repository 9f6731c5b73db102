"""A shared link carries the code of who shares it; a dead or made-up one is overlooked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from branches.models import EntryCode
from brokerage.core.roles import Role
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.content.factories import AT, a_released

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


def a_code(**values: Any) -> EntryCode:
    given = {"starts_at": AT - timedelta(days=1), "ends_at": AT + timedelta(days=9)}
    return EntryCode.objects.create(**given | values)


def test_the_page_says_who_shared_it_and_leads_on_with_the_code(client: Client) -> None:
    code, item = a_code(unit=make_unit()), a_released()
    answer = client.get(f"{item.get_absolute_url()}?code={code.code}")
    page = answer.content.decode()
    assert f'href="/o/{code.code}/"' in page
    assert str(code.unit) in page
    assert f'rel="canonical" href="http://testserver{item.get_absolute_url()}"' in page
    assert f"http://testserver{item.get_absolute_url()}?code={code.code}" in page
    assert not answer.cookies


@pytest.mark.parametrize("code", ["nothere", "x" * 400, "%00", "<script>", "", "码"])
def test_a_made_up_code_is_overlooked(code: str, client: Client) -> None:
    answer = client.get(a_released().get_absolute_url(), {"code": code})
    assert answer.status_code == 200
    assert b"/o/" not in answer.content


def test_an_ended_code_is_overlooked(client: Client) -> None:
    code = a_code(unit=make_unit(), ends_at=AT)
    answer = client.get(f"{a_released().get_absolute_url()}?code={code.code}")
    assert answer.status_code == 200
    assert b"/o/" not in answer.content


def test_staff_get_links_with_their_own_codes_alone() -> None:
    unit = make_unit()
    adviser, other = make_staff(Role.ADVISER, unit), make_staff(Role.ADVISER, unit)
    mine, theirs = a_code(unit=unit, person=adviser), a_code(unit=unit, person=other)
    item = a_released()
    page = desk_of(adviser).get(item.get_absolute_url()).content.decode()
    assert f"{item.get_absolute_url()}?code={mine.code}" in page
    assert theirs.code not in page
