"""Pages of suitability in a browser: sound on a phone and a desk, in both languages."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from suitability.content import PERSON
from suitability.models import Questionnaire
from suitability.use_cases.drafting import change_draft, draft_paper
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff
from tests.suitability.factories import load_papers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [(1280, "zh-hans"), (390, "en")]


def look_at(visit, live_server, user, urls, width, language) -> list[str]:
    """Everything that is wrong with some pages; SHOTS keeps a picture of each."""
    found = []
    session = desk_of(user).cookies["sessionid"].value
    for url in urls:
        cookies = {"sessionid": session, "language": language}
        shown = visit(live_server.url + url, width=width, cookies=cookies)
        if folder := os.environ.get("SHOTS"):
            name = url.strip("/").replace("/", "-")[-60:]
            shown.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        found += [f"{url}: {one}" for one in [*shown.problems, *shown.axe()]]
        if shown.overflows():
            found.append(f"{url}: wider than the window")
    return found


def break_the_points(content):
    content["questions"][0]["options"][0]["points"] += 1
    content["questions"][1]["text"]["en"] = ""


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_the_desk_of_papers_is_sound(live_server, visit, width, language):
    load_papers()
    officer, now = make_staff(Role.COMPLIANCE), clock.now()
    base = Questionnaire.objects.in_force(PERSON, clock.today())
    draft = draft_paper(
        base=base,
        valid_from=clock.today().replace(year=clock.today().year + 1),
        note="Clearer",
        maker=officer,
        at=now,
    )
    change_draft(
        draft=draft,
        part="income",
        change=break_the_points,
        seen=draft.content_hash,
        editor=officer,
        at=now,
    )
    page = "admin:suitability_paperdraft"
    urls = [
        reverse("admin:suitability_questionnaire_change", args=[base.ref]),
        reverse(f"{page}_changelist"),
        reverse(f"{page}_change", args=[draft.ref]),
        reverse(f"{page}_ask", args=[draft.ref, "intended"]),
        reverse(f"{page}_statement", args=[draft.ref, "full_capacity"]),
        reverse(f"{page}_terms", args=[draft.ref]),
        reverse(f"{page}_compare", args=[draft.ref]),
    ]
    assert look_at(visit, live_server, officer, urls, width, language) == []
