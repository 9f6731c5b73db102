"""The back office in a browser: sound on a phone and a desk, in both languages and themes."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Heartbeat
from tests import records
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [(1280, "zh-hans", "light"), (360, "en", "dark")]


def pages_of(outlet, manager):
    """Every kind of page, with the role that opens it."""
    customer = records.customer(outlet, manager)
    request = records.role_request(outlet, manager)
    assignment = records.assignment(outlet, manager)
    records.application(outlet, manager)
    Heartbeat.objects.update_or_create(name="journal.worker", defaults={"at": clock.now()})
    manages, leads = manager, staff(Role.HEAD_OFFICE)
    return [
        (manages, reverse("admin:index")),
        (manages, reverse("admin:customers_customer_changelist")),
        (manages, reverse("admin:customers_customer_changelist") + "?kind__exact=organisation"),
        (manages, reverse("admin:customers_customer_change", args=[customer.ref])),
        (manages, reverse("admin:customers_customer_history", args=[customer.ref])),
        (manages, reverse("admin:customers_customer_reveal", args=[customer.ref, "name"])),
        (manages, reverse("admin:customers_customer_export")),
        (manages, reverse("admin:branches_orgunit_changelist")),
        (manages, reverse("admin:branches_staffassignment_change", args=[assignment.ref])),
        (manages, reverse("admin:branches_rolerequest_add")),
        (leads, reverse("admin:branches_rolerequest_change", args=[request.ref])),
        (leads, reverse("admin:index")),
        (staff(Role.OPERATIONS), reverse("admin:jobs")),
        (staff(Role.AUDITOR), reverse("admin:journal_entry_changelist")),
    ]


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_pages_are_sound(live_server, visit, width, language, theme):
    outlet = make_unit(name_zh="金华双溪西路营业部", name_en="Jinhua Shuangxi Road outlet")
    manager = staff(Role.BRANCH_MANAGER, outlet)
    found = []
    for number, (user, url) in enumerate(pages_of(outlet, manager)):
        session = desk_of(user).cookies["sessionid"].value
        cookies = {"sessionid": session, "language": language, "theme": theme}
        shown = visit(live_server.url + url, width=width, cookies=cookies)
        if folder := os.environ.get("SHOTS"):
            shown.page.screenshot(path=f"{folder}/{number:02}-{width}.png", full_page=True)
        found += [f"{url}: {one}" for one in [*shown.problems, *shown.axe()]]
        if shown.overflows():
            found.append(f"{url}: wider than the window")
        if shown.page.locator("h1").count() != 1:
            found.append(f"{url}: not one h1")
    assert not found, "\n".join(found)
