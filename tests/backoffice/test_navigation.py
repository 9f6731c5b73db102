"""The navigation of the back office: a column on a desk, a sheet behind the tab bar on a phone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from brokerage.backoffice import navigation
from brokerage.core.roles import Role
from tests.backoffice.factories import desk
from tests.branches.factories import make_unit

pytestmark = pytest.mark.django_db


def test_the_tab_bar_of_a_phone_leads_to_the_first_places_and_opens_all():
    page = desk(Role.BRANCH_MANAGER, make_unit()).get(reverse("admin:index")).content.decode()

    bar = page.split('<nav class="bar"')[1].split("</nav>")[0]
    side = page.split('<nav class="side" id="places" popover')[1].split("</nav>")[0]
    assert bar.count("<a ") == navigation.THUMB
    assert 'popovertarget="places"' in bar
    assert all(link in side for link in re.findall(r'href="(/admin/[^"]*)"', bar))


def side_of(page: bytes) -> str:
    return page.decode().split('id="places" popover')[1].split("</nav>")[0]


def test_each_place_is_the_only_current_one_on_its_page_however_the_addresses_begin():
    client = desk(Role.OPERATIONS, make_unit())
    home = side_of(client.get(reverse("admin:index")).content)
    for place in re.findall(r'href="(/admin/[^"]*)"', home):
        page = client.get(place)
        if page.status_code == 200:  # the queue leads on to the outlet's own
            current = re.findall(r'href="([^"]*)" aria-current="page"', side_of(page.content))
            assert current == [place]
