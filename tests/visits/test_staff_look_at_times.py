"""Staff may look at the times of an outlet; they are never sent round in a circle to sign in."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from brokerage.core.roles import Role
from tests.backoffice.factories import desk_of, staff
from tests.visits.factories import an_outlet, at

pytestmark = pytest.mark.django_db


def test_staff_see_the_times_and_book_none(client) -> None:
    unit = an_outlet()
    asked = {"purpose": "finish_step", "outlet": unit.code, "time": at(11).isoformat()}
    url = f"{reverse('visits:new')}?{urlencode(asked)}"
    desk = desk_of(staff(Role.BRANCH_MANAGER, unit))

    assert desk.get(url).status_code == 200
    assert desk.post(url, asked).status_code == 403
    assert client.get(url).status_code == 302
