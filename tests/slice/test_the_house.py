"""One customer through the whole house, in a browser: it grows with every issue.

A partner's code, a phone, every step; the camera is refused, an outlet finishes exactly that step
with the customer's code; automatic checks, two officers, depository and bank, the last questions,
active. In the end what branch manager and partner see, and what fits this customer.

Named gap: nothing is paid for yet; that a fund is bought and taken back, tests/products shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from playwright.sync_api import Locator, Page

from accounts.evidence.states import CheckStatus, PackStatus
from accounts.files import IDENTITY_DOCUMENT, RECORDING
from accounts.models import (
    Application,
    Assist,
    CaseRelease,
    Chapter,
    OutsideCheck,
    Pack,
    Witnessing,
)
from accounts.states import FollowUpQuestion, Status, Step
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.signing import seal_pack
from branches.visits.models import Visit
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.files.models import StoredFile
from brokerage.files.use_cases.check_file import check as check_file
from brokerage.journal.delivery import deliver_pending
from brokerage.users.codes import RecordingSender
from tests.accounts.answers import BANK, PROFILE, identity
from tests.accounts.evidence.conftest import folder as folder  # files and keys of this test
from tests.branches.factories import give_licence, make_staff
from tests.browser import Visit as Seen
from tests.browser import loop_hidden
from tests.partners.factories import Api, a_client, a_link, a_partner, token_for
from tests.products.factories import a_product, a_proposed_vetting, approve
from tests.slice.reading import read_all
from tests.slice.test_first_slice_browser import clip, photo
from tests.suitability.factories import ANSWERS
from tests.users.factories import sign_in
from tests.visits.factories import an_outlet, around_the_clock

# Late in the evening the first free time of an outlet is tomorrow, not in today's queue.
monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]
NO_CAMERA = """
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("not allowed", "NotAllowedError"));
"""


class Phone:
    """The customer's phone, in Chinese."""

    def __init__(self, seen: Seen, server: str) -> None:
        self.seen, self.page, self.server = seen, seen.page, server
        self.page.set_default_timeout(60_000)

    def press(self, name: str) -> None:
        self.seen.follow(self.page.get_by_role("button", name=name, exact=True))

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server}{path}")

    def look(self) -> None:
        """One heading, no wider than the phone, nothing in the console."""
        assert self.page.locator("h1").count() == 1
        assert not self.seen.overflows()
        assert self.seen.problems == []


class Desk:
    """A member of staff at the back office, in English."""

    def __init__(self, open_page: Callable[..., Seen], server: str, user: Any, path: str) -> None:
        session = sign_in(Client(), user, stepped_up=True).cookies["sessionid"].value
        jar = {"sessionid": session, "language": "en"}
        self.seen = open_page(server + path, width=1280, cookies=jar)
        self.server = server
        self.page: Page = self.seen.page
        self.page.set_default_timeout(60_000)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def press(self, name: str) -> None:
        """The first button whose words begin so."""
        words = re.compile(f"^{name}")
        self.seen.follow(self.main.get_by_role("button", name=words).first)

    def follow(self, name: str) -> None:
        self.seen.follow(self.main.get_by_role("link", name=name).first)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server}{path}")


def work() -> None:
    """What the workers do: check files, deliver events, ask outside when it is time, seal.

    The depository answers in its hours only; its clock is what the question waits for.
    """
    later = clock.now() + timedelta(days=10)
    with loop_hidden():
        for _round in range(4):
            _turn(later)


def _turn(later: datetime) -> None:
    sent = StoredFile.objects.filter(purpose__in=[IDENTITY_DOCUMENT, RECORDING], status="stored")
    for file in sent:
        check_file(ref=file.ref, at=clock.now())
    while deliver_pending(at=later):
        pass
    for waiting in OutsideCheck.objects.filter(status=CheckStatus.ASKED):
        ask(check=waiting, at=max(clock.now(), waiting.next_attempt_at or clock.now()))
    for pack in Pack.objects.filter(status=PackStatus.SIGNED):
        seal_pack(pack=pack, at=clock.now())


def come_by_the_code(phone: Phone, sms: RecordingSender) -> Application:
    phone.look()
    assert "示例银行" in phone.page.inner_text("main")
    phone.seen.follow(phone.page.locator("main a[href*='/open/']").first)
    phone.look()
    phone.seen.follow(phone.page.get_by_role("link", name="用手机号开始"))
    phone.page.fill("input[name=phone]", "13800138000")
    phone.seen.follow(phone.page.locator("main form.card button"))
    phone.page.fill("input[name=code]", sms.sent[-1].code)
    phone.seen.follow(phone.page.locator("main form.card button").first)
    phone.press("开始")
    return Application.objects.get()


def answer_until_the_video(phone: Phone, folder_of_photos: Path, home: str) -> None:
    page = phone.page
    phone.seen.follow(page.locator("main .card a.btn").first)
    for tick in page.locator("main input[type=checkbox], main input[name=face][value=on]").all():
        tick.check()
    phone.press("保存并继续")
    for side in ("front", "back"):
        page.set_input_files(f"input[name={side}]", photo(folder_of_photos, side))
    for name, value in identity().items():
        if name not in ("front", "back"):
            page.fill(f"[name={name}]", value)
    phone.look()
    phone.press("保存并继续")
    selects = ("occupation", "education")
    for name in selects:
        page.select_option(f"select[name={name}]", PROFILE[name])
    for name, value in PROFILE.items():
        if name not in selects:
            page.check(f"input[name={name}][value={value}]")
    phone.press("保存并继续")
    page.check("input[name=residence][value=china]")
    page.check("input[name=us_person][value=no]")
    page.check("input[name=declares]")
    phone.press("保存并继续")
    phone.press("开始答题")
    for chosen in ANSWERS.values():
        for answer in chosen:
            page.check(f"input[name=answer][value={answer}]")
        phone.press("下一题")
    phone.press("完成答题")
    phone.press("我已阅读并确认")
    phone.open(f"{home}outlet/")
    page.get_by_label("金华双溪西路营业部").check()
    for market in ("SH", "SZ"):
        page.check(f"input[name=markets][value={market}]")
    phone.press("保存并继续")


def fail_the_video_and_book(phone: Phone) -> Visit:
    """The camera is refused; the page leads to an appointment for exactly this step."""
    page = phone.page
    phone.press("开始")
    page.locator("#record").click()
    page.locator("#recorder-note").wait_for(state="visible")
    assert "摄像头" in page.inner_text("#recorder-note")
    phone.seen.follow(page.locator("a[href*='step=video']"))
    phone.seen.follow(page.locator("main a[href*='outlet=']").first)
    phone.seen.follow(page.get_by_role("main").locator("button.slot").first)
    phone.look()
    phone.press("确认预约")
    booked = Visit.objects.get()
    assert (booked.step, booked.purpose.code) == (Step.VIDEO, "finish_step")
    return booked


def record_at_the_counter(phone: Phone, desk: Desk, home: str, clips: Path) -> None:
    """Check in, call, serve; the code from the phone; the video and nothing else; done."""
    desk.press("Check in")
    desk.press("Call A")
    desk.press("Serve")
    desk.follow("Open the case")
    phone.open(home)
    phone.press("生成授权码")
    phone.look()
    desk.page.fill("input[name=code]", CaseRelease.objects.get().code_text)
    desk.press("Open the case")
    text = desk.main.inner_text()
    for hidden in ("江映雪", identity()["id_number"], BANK["card"]):
        assert hidden not in text
    assert desk.seen.axe() == []
    desk.follow("Video")
    desk.press("Begin")
    assert desk.seen.axe() == []
    for part in range(3):
        Chapter.objects.update(shown_at=F("shown_at") - timedelta(minutes=1))
        desk.page.locator("#by-file summary").click()
        desk.page.set_input_files("#video", clip(clips, part))
        desk.press("Send the file")
    assert "/case/" in desk.page.url
    assert "video" not in desk.page.url
    desk.press("Close the case")
    assert desk.seen.problems == []


def sign_and_send(phone: Phone, sms: RecordingSender, home: str) -> None:
    page = phone.page
    phone.open(f"{home}agreements/")
    phone.press("开始阅读")
    read_all(page, "我已阅读")
    phone.press("发送验证码")
    page.fill("input[name=code]", sms.sent[-1].code)
    phone.press("签名")
    for name, pin in {"trading": "284736", "fund": "591627"}.items():
        page.fill(f"input[name={name}]", pin)
        page.fill(f"input[name={name}_again]", pin)
    phone.press("保存并继续")
    page.select_option("select[name=bank]", BANK["bank"])
    page.fill("input[name=card]", BANK["card"])
    page.check("input[name=own_name][value=yes]")
    phone.press("保存并继续")
    page.get_by_label("同意", exact=True).check()
    phone.press("保存并继续")
    phone.press("提交申请")
    phone.look()


def watch(desk: Desk) -> None:
    """Open every chapter as the player does, and say what was seen and heard."""
    page = desk.page
    for video in page.locator("figure video").all():
        answer = page.request.get(f"{desk.server}{video.get_attribute('src')}")
        assert answer.status == 200
    page.check("input[name=digits]")
    page.check("input[name=person]")
    desk.press("I have watched it")


def review(open_page: Callable[..., Seen], server: str, outlet: Any, row: Application) -> None:
    """One reviewer proposes, a second agrees, each in the back office."""
    path = f"/admin/accounts/application/{row.ref}/change/"
    first = Desk(open_page, server, make_staff(Role.REVIEWER, outlet), path)
    first.press("Take it for review")
    watch(first)
    first.page.check("input[name=verdict][value=approve]")
    first.press("Propose")
    second = Desk(open_page, server, make_staff(Role.REVIEWER, outlet), path)
    watch(second)
    second.press("Agree and approve")
    assert first.seen.problems == second.seen.problems == []


def test_from_a_partners_code_to_an_active_account(
    house: None,
    sms: RecordingSender,
    live_server: Any,
    visit: Callable[..., Seen],
    tmp_path: Path,
) -> None:
    outlet = around_the_clock(an_outlet(name_zh="金华双溪西路营业部", name_en="Jinhua West"))
    officer = make_staff(Role.OPENING_OFFICER, outlet)
    for kind in ("general", "witness"):
        give_licence(officer, kind)
    partner = a_partner("示例银行")
    api_client, secret = a_client(partner)
    link = a_link(api_client)
    server = live_server.url

    phone = Phone(visit(f"{server}/o/{link.code.code}/", cookies={"language": "zh-hans"}), server)
    phone.page.context.add_init_script(NO_CAMERA)
    row = come_by_the_code(phone, sms)
    home = f"/open/{row.ref}/"
    answer_until_the_video(phone, tmp_path, home)
    fail_the_video_and_book(phone)

    queue = f"/admin/branches/visit/queue/{outlet.code}/"
    desk = Desk(visit, server, officer, queue)
    record_at_the_counter(phone, desk, home, tmp_path)
    desk.open(queue)
    desk.press("Done")
    work()
    assert list(Assist.objects.values_list("step", "outlet__code")) == [("video", outlet.code)]
    assert Witnessing.objects.get(status="complete").witness == officer

    sign_and_send(phone, sms, home)
    work()
    row.refresh_from_db()
    assert row.status == Status.SUBMITTED
    desk.open(f"/admin/accounts/application/{row.ref}/change/")
    desk.press("Take it for review")
    assert "You helped the customer" in desk.page.inner_text("body"), "four eyes"
    review(visit, server, outlet, row)
    work()

    phone.open(home)
    phone.seen.follow(phone.page.locator(f"a[href='{home}questions/']"))
    for question in FollowUpQuestion.values:
        phone.page.check(f"input[name={question}][value=yes]")
    phone.seen.follow(phone.page.locator("main form.card button"))
    work()
    phone.open(home)
    phone.look()
    row.refresh_from_db()
    assert row.status == Status.ACTIVE
    assert "账户可以使用了" in phone.page.inner_text("main")

    manager = Desk(
        visit,
        server,
        make_staff(Role.BRANCH_MANAGER, outlet),
        f"/admin/accounts/application/{row.ref}/change/",
    )
    assert "Active" in manager.main.inner_text()
    stage = Api(token_for(secret)).get(f"applications/{row.ref}").json()
    assert stage["status"] == "approved", "partners keep the words of the first version"

    listed = Api(token_for(secret)).get("applications").json()["data"]
    assert [each["ref"] for each in listed] == [str(row.ref)]

    offered_on_the_shelf(phone)


def offered_on_the_shelf(phone: Phone) -> None:
    """A fund that fits can be bought; one that does not is refused with the way that stays."""
    with loop_hidden():
        ends = clock.business_date(clock.now()) + timedelta(days=30)
        issuer = approve(a_proposed_vetting(valid_to=ends)).issuer
        fits = a_product("R2", item={"type": "fixed_income"}, issuer=issuer)
        risky = a_product("R5", item={"type": "equity"}, issuer=issuer)
    phone.open("/products/")
    phone.look()
    shelf = phone.page.inner_text("main")
    assert fits.item.name_zh in shelf
    assert risky.item.name_zh not in shelf
    for product, suits in ((fits, True), (risky, False)):
        phone.open(f"/products/{product.item.code}/")
        phone.look()
        assert ("不适合你" not in phone.page.inner_text("main")) == suits
        assert bool(phone.page.locator("a[href$='/buy/']").count()) == suits
