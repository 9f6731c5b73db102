"""The first slice in a real browser at phone width, in both languages, with axe looking on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import Application, Chapter
from accounts.states import FollowUpQuestion, Status, Verdict
from accounts.use_cases import approve_application, claim_review, propose_verdict
from brokerage.core import clock
from brokerage.demo.proofs import watch
from brokerage.users.codes import RecordingSender
from partners.models import EntryLink
from tests.accounts.answers import BANK, PROFILE, identity
from tests.accounts.factories import a_reviewer, after_approval
from tests.accounts.proofs import identify
from tests.branches.factories import make_unit
from tests.browser import Visit
from tests.files.factories import webm
from tests.partners.factories import a_client, a_link, a_partner
from tests.slice.reading import read_all
from tests.suitability.factories import ANSWERS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS: dict[str, dict[str, str]] = {
    "zh-hans": {
        "begin": "用手机号开始",
        "start": "开始",
        "next": "保存并继续",
        "questions": "开始答题",
        "following": "下一题",
        "finish": "完成答题",
        "confirm": "我已阅读并确认",
        "yes": "同意",
        "record": "开始",
        "file": "上传文件",
        "read": "开始阅读",
        "have read": "我已阅读",
        "code": "发送验证码",
        "sign": "签名",
        "send": "提交申请",
        "approved": "申请已通过",
        "active": "账户可以使用了",
        "class": "C4 积极型",
    },
    "en": {
        "begin": "Begin with your phone number",
        "start": "Begin",
        "next": "Save and go on",
        "questions": "Begin the questions",
        "following": "Next",
        "finish": "Finish the questions",
        "confirm": "I have read this and confirm it",
        "yes": "Yes, I agree",
        "record": "Begin",
        "file": "Send the file",
        "read": "Begin to read",
        "have read": "I have read this",
        "code": "Send the code",
        "sign": "Sign",
        "send": "Send my application",
        "approved": "Your application was approved",
        "active": "Your account is active.",
        "class": "C4 active",
    },
}
LOOKED_AT = (1, 5, 9, 21)
"""Screens that axe looks at: one of each form; all are made by the same template."""


@pytest.fixture
def link(house: None) -> EntryLink:
    make_unit(name_zh="金华双溪西路营业部", name_en="Jinhua Shuangxi Road outlet")
    partner = a_partner("示例银行", name_en="Example Bank")
    client, _secret = a_client(partner)
    return a_link(client)


def photo(folder: Path, name: str) -> Path:
    """A picture of the size that a telephone takes."""
    path = folder / f"{name}.jpg"
    Image.new("RGB", (1600, 1000), "white").save(path)
    return path


def clip(folder: Path, part: int) -> Path:
    """A short video file; each part another one."""
    path = folder / f"{part}.webm"
    path.write_bytes(webm(bytes([part]) * 2000))
    return path


def look(visited: Visit) -> None:
    """What every page must be: one heading, no wider than the phone, nothing for axe."""
    assert visited.page.locator("h1").count() == 1
    assert not visited.overflows()
    assert visited.axe() == []
    assert visited.problems == []


def film(page: Page, done: int) -> None:
    """Record the next chapter with camera and microphone, `done` of them being there already."""
    expect(page.locator(".chapters li")).to_have_count(done, timeout=30_000)
    button = page.locator("#record")
    button.click()
    expect(button).to_be_enabled(timeout=15_000)  # the shortest time is over
    button.click()
    if done < 2:
        expect(page.locator(".chapters li")).to_have_count(done + 1, timeout=30_000)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_customer_opens_an_account_on_a_phone(
    language: str,
    scripts: bool,
    link: EntryLink,
    sms: RecordingSender,
    live_server: Any,
    visit: Callable[..., Visit],
    tmp_path: Path,
) -> None:
    words = WORDS[language]
    visited = visit(
        f"{live_server.url}/open/?entry={link.ref}",
        cookies={"language": language},
        scripts=scripts,
    )
    page: Page = visited.page
    page.set_default_timeout(8_000)
    check = look if scripts else (lambda visited: None)  # axe itself is a script

    def press(name: str) -> None:
        visited.follow(page.get_by_role("button", name=words[name], exact=True))

    check(visited)
    visited.follow(page.get_by_role("link", name=words["begin"]))
    page.fill("input[name=phone]", "13800138000")
    visited.follow(page.locator("main form.card button"))
    page.fill("input[name=code]", sms.sent[-1].code)
    visited.follow(page.locator("main form.card button").first)
    check(visited)
    press("start")
    check(visited)

    application = Application.objects.get()
    visited.follow(page.locator("main .card a.btn"))
    check(visited)
    for tick in page.locator("main input[type=checkbox], main input[name=face][value=on]").all():
        tick.check()
    press("next")
    page.fill("input[name=name]", "1")
    press("next")
    assert page.locator(".field-bad").count() == 1
    assert page.input_value("input[name=name]") == "1"
    check(visited)
    page.set_input_files("input[name=front]", photo(tmp_path, "front"))
    page.set_input_files("input[name=back]", photo(tmp_path, "back"))
    for name, value in identity().items():
        if name not in ("front", "back"):
            page.fill(f"[name={name}]", value)
    press("next")
    selects = ("occupation", "education")
    for name in selects:
        page.select_option(f"select[name={name}]", PROFILE[name])
    for name, value in PROFILE.items():
        if name not in selects:
            page.check(f"input[name={name}][value={value}]")
    check(visited)
    press("next")
    page.check("input[name=residence][value=china]")
    page.check("input[name=us_person][value=no]")
    page.check("input[name=declares]")
    check(visited)
    press("next")

    press("questions")
    for number, (key, chosen) in enumerate(ANSWERS.items(), 1):
        page.wait_for_url(f"**/{number}/?next=*")
        for answer in chosen:
            page.check(f"input[name=answer][value={answer}]")
        if key == "share":  # back without loss
            page.go_back()
            assert page.is_checked("input[name=answer][value=wages]")
            press("following")
            page.check(f"input[name=answer][value={chosen[0]}]")
        if number in LOOKED_AT:
            check(visited)
        press("following")
    check(visited)
    press("finish")
    assert words["class"] in page.inner_text("h1")
    check(visited)
    press("confirm")

    page.goto(f"{live_server.url}/open/{application.ref}/outlet/")
    assert page.locator("input[name=markets]:checked").count() == 0, "nothing chosen beforehand"
    page.locator("input[name=outlet]").first.check()
    for market in ("SH", "SZ"):
        page.check(f"input[name=markets][value={market}]")
    check(visited)
    press("next")

    check(visited)
    press("record")
    for part in range(3):
        if part == 0:
            check(visited)
        if scripts and language == "en":  # with the camera of the phone
            film(page, part)
            continue
        Chapter.objects.update(shown_at=F("shown_at") - timedelta(minutes=1))
        if scripts:  # where a camera can be used, the file is the second way
            page.locator("#by-file summary").click()
        page.set_input_files("#video", clip(tmp_path, part))
        press("file")

    page.wait_for_url("**/agreements/", timeout=30_000)
    check(visited)
    press("read")
    read_all(page, words["have read"], look=lambda: check(visited))
    check(visited)
    press("code")
    check(visited)
    page.fill("input[name=code]", sms.sent[-1].code)
    press("sign")

    for name, pin in {"trading": "123456", "fund": "591627"}.items():
        page.fill(f"input[name={name}]", pin)
        page.fill(f"input[name={name}_again]", pin)
    press("next")
    assert page.locator(".field-bad").count() == 1, "weak"
    check(visited)
    for name, pin in {"trading": "284736", "fund": "591627"}.items():
        page.fill(f"input[name={name}]", pin)
        page.fill(f"input[name={name}_again]", pin)
    press("next")
    page.select_option("select[name=bank]", BANK["bank"])
    page.fill("input[name=card]", BANK["card"])
    page.check("input[name=own_name][value=yes]")
    check(visited)
    press("next")
    page.get_by_label(words["yes"], exact=True).check()
    check(visited)
    press("next")
    check(visited)
    press("send")
    assert page.locator(".clock").count() == 1
    check(visited)

    application.refresh_from_db()
    first, second = a_reviewer(), a_reviewer()
    at = clock.now()
    claim_review(application=application, officer=first, at=at)
    identify(application, at=at)
    for officer in (first, second):
        watch(application, officer, at=at)
    propose_verdict(application=application, officer=first, verdict=Verdict.APPROVE, at=at)
    approve_application(application=application, officer=second, at=at)
    page.reload()
    assert words["approved"] in page.inner_text("main")
    check(visited)

    application.refresh_from_db()
    after_approval(application, Status.VISIT, at=at)
    page.goto(f"{live_server.url}/open/{application.ref}/questions/")
    for question in FollowUpQuestion.values:
        page.check(f"input[name={question}][value=yes]")
    check(visited)
    visited.follow(page.locator("main form.card button"))
    assert words["active"] in page.inner_text("main")
    check(visited)


def test_an_unknown_link_is_simply_our_own_door(
    house: None, live_server: Any, visit: Callable[..., Visit]
) -> None:
    visited = visit(f"{live_server.url}/open/?entry={uuid4()}")
    look(visited)
    assert visited.page.locator(".notice").count() == 0
