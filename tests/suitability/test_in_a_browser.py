"""Pages of suitability in a browser: sound on a phone and a desk, in both languages."""

from __future__ import annotations

import os
from io import BytesIO

import pytest
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from brokerage.core import clock
from brokerage.core.roles import Role
from suitability.admin.recordings import RECORD_URL
from suitability.content import PERSON
from suitability.models import Questionnaire
from suitability.self_check import HalfYear, report
from suitability.use_cases.drafting import change_draft, draft_paper
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff
from tests.suitability.outlets import Outlet, a_follow_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAPER = 680  # px: A4 less margins of 15 mm
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


def test_pages_of_an_outlet_the_quality_desk_and_the_callers_are_sound(live_server, visit):
    outlet = Outlet()
    case = outlet.asked()
    recording = outlet.begun(case.record)
    url = f"{live_server.url}{reverse(RECORD_URL, args=[recording.ref])}"
    session = desk_of(outlet.officer).cookies["sessionid"].value
    shown = visit(url, cookies={"sessionid": session, "language": "en"})
    assert (shown.problems, shown.axe(), shown.overflows()) == ([], [], False)
    shown.page.get_by_role("button", name="Start recording").wait_for()
    outlet.whole(recording)
    call = a_follow_up(outlet.unit, outlet.customer)
    for user, row in (
        (outlet.officer, case),
        (outlet.checker, recording),
        (make_staff(Role.CALL_CENTRE), call),
    ):
        page = f"admin:{row._meta.label_lower.replace('.', '_')}_change"
        urls = [reverse(page, args=[row.ref])]
        assert look_at(visit, live_server, user, urls, 390, "en") == []


def test_the_self_check_fits_on_paper(live_server, visit):
    """Every part stands whole on A4, without navigation; the browser makes a PDF of it."""
    session = desk_of(make_staff(Role.COMPLIANCE)).cookies["sessionid"].value
    url = live_server.url + reverse("admin:suitability_self_check")
    shown = visit(url, width=PAPER, cookies={"sessionid": session, "language": "en"})
    shown.page.emulate_media(media="print")
    assert shown.page.locator("nav:visible, .btn:visible").count() == 0
    assert shown.page.locator("section:visible").count() == len(report(HalfYear.of(clock.today())))
    cut_off = shown.page.evaluate(
        """width => [...document.querySelectorAll("h1, h2, th, td, p")]
            .filter(one => one.checkVisibility() && !one.closest(".vh"))
            .filter(one => one.getBoundingClientRect().right > width
                || one.scrollWidth > one.clientWidth + 1 && one.tagName != "TH")
            .map(one => one.outerHTML.slice(0, 120))""",
        PAPER,
    )
    assert cut_off == []
    paper = shown.page.pdf(
        format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    )
    pages = PdfFileReader(BytesIO(paper)).root["/Pages"]["/Count"]
    assert 1 <= pages <= 6
