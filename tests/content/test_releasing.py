"""Signed with a licence, released by a second person; corrections reach exactly the readers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from branches.models import Licence
from brokerage.backoffice.four_eyes import decide
from brokerage.core.four_eyes import Decision, FourEyesRefused
from brokerage.core.roles import Role
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from content import leaving
from content.admin.item_acts import WithdrawForm
from content.models import Correction, Item, Read, Revision, Topic
from content.selectors import audience
from content.states import ItemKind, ItemStatus
from content.tasks import tell_readers as job
from content.use_cases import tell_readers as telling
from content.use_cases.decide_text import work_up
from content.use_cases.drop_draft import UnableToDrop, drop_draft
from content.use_cases.read_item import read_item
from content.use_cases.sign_item import UnableToSign
from content.use_cases.tell_readers import tell_readers
from content.use_cases.withdraw_item import UnableToWithdraw, withdraw_item
from tests.branches.factories import give_licence, make_staff
from tests.content.factories import (
    AT,
    WILD,
    a_check,
    a_checker,
    a_released,
    a_signed,
    a_text,
    an_analyst,
    an_item,
    approve,
)
from tests.customers.factories import a_customer
from tests.threads import together, wait_for_a_lock
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
NOTE: dict[str, Any] = {"note_zh": "利率数字有误。", "note_en": "The rate was wrong."}


@pytest.fixture(autouse=True)
def the_texts(db: None, request: Any) -> None:
    load_texts(at=AT)


def corrected(item: Item, *, at: Any = LATER) -> Correction:
    """Change a figure, sign it as a correction, release it."""
    item.refresh_from_db()
    item.body_zh = item.body_zh.replace("持平", "下降")
    item.save()
    approve(a_signed(item, at=at, is_correction=True, **NOTE), at=at)
    return item.corrections.order_by("-pk")[0]


def reads(item: Item, customer: Any, at: Any = AT) -> None:
    item.refresh_from_db()
    assert read_item(item=item, customer=customer, at=at)


# --- signing --------------------------------------------------------------------------------
def test_nothing_is_shown_before_a_second_person_has_released_it() -> None:
    item = an_item()
    revision = a_signed(item)
    assert not audience.for_visitors(AT).exists()
    approve(revision)
    assert audience.for_visitors(AT).get() == item
    assert revision.licence_number == revision.licence.number


@pytest.mark.parametrize(
    ("kind", "licence", "may"),
    [
        ("research", "analyst", True),
        ("research", "adviser", False),
        ("comment", "adviser", True),
        ("comment", "witness", False),
        ("event", "general", True),
        ("news", "general", True),
    ],
)
def test_the_dated_rule_says_which_licence_signs_what(kind: str, licence: str, may: bool) -> None:
    item, signer = an_item(kind=kind), an_analyst(licence)
    if may:
        assert a_signed(item, signer=signer).rule_version == "content.signing@2026-01-01"
    else:
        with pytest.raises(UnableToSign):
            a_signed(item, signer=signer)


@pytest.mark.parametrize(
    ("start", "end", "may"),
    [
        (date(2026, 3, 2), None, True),
        (date(2026, 3, 3), None, False),
        (date(2020, 1, 1), date(2026, 3, 3), True),
        (date(2020, 1, 1), date(2026, 3, 2), False),
    ],
)
def test_the_licence_is_valid_on_the_day(start: date, end: date | None, may: bool) -> None:
    signer = an_analyst(valid_from=start, valid_to=end)
    if may:
        assert a_signed(signer=signer).pk
    else:
        with pytest.raises(UnableToSign):
            a_signed(signer=signer)


def test_the_signer_is_not_the_second_person() -> None:
    signer = an_analyst()
    revision = a_signed(signer=signer)
    with pytest.raises(FourEyesRefused):
        approve(revision, checker=signer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            decision="approved", checked_by_ref=signer.ref, checked_at=AT
        )


def test_a_licence_that_ended_since_the_signature_stops_the_release() -> None:
    signer = an_analyst()
    revision = a_signed(signer=signer)
    Licence.objects.filter(user=signer).update(valid_to=date(2026, 3, 2))
    with pytest.raises(FourEyesRefused):
        approve(revision)


def test_an_item_leaves_on_the_day_on_which_the_licence_lapses() -> None:
    item = an_item()
    signer = an_analyst()
    approve(a_signed(item, signer=signer))
    assert audience.for_visitors(AT).exists()
    Licence.objects.filter(user=signer).update(valid_to=date(2026, 3, 4))
    assert audience.for_visitors(AT + timedelta(days=1)).exists()
    assert not audience.for_visitors(AT + timedelta(days=2)).exists()


def test_an_item_leaves_on_its_last_day() -> None:
    a_released(expires_on=date(2026, 3, 5))
    assert audience.for_visitors(AT + timedelta(days=2)).exists()
    assert not audience.for_visitors(AT + timedelta(days=3)).exists()


def test_a_signed_version_never_changes() -> None:
    revision = approve(a_signed())
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(body_zh="别的")


@pytest.mark.parametrize(
    "values",
    [
        {"for_visitors": True, "grade": "R3"},
        {"for_visitors": True, "tier": "full"},
        {"verdict": "verified"},
        {"kind": "check", "verdict": "verified", "claim_zh": "甲"},
    ],
)
def test_the_database_refuses_what_breaks_a_rule(values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        an_item(**values)


def test_one_version_waits_at_a_time_and_a_fact_check_needs_its_verdict() -> None:
    item = an_item()
    a_signed(item)
    with pytest.raises(UnableToSign):
        a_signed(item)
    with pytest.raises(UnableToSign):
        a_signed(an_item(kind="check"))
    assert a_signed(a_check()).claim_en


def test_what_a_verdict_rests_on_is_said_in_both_languages_before_it_is_signed(
    client: Client, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    with pytest.raises(UnableToSign):
        a_signed(a_check(evidence_en=" "))
    page = a_released(a_check()).get_absolute_url()
    chinese = client.get(page, headers={"accept-language": "zh-hans"}).content.decode()
    english = client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "交易所公告，2026-03-02" in chinese
    assert "Notice of the exchange, 2026-03-02" in english
    assert "交易所公告" not in english


def test_a_version_signed_before_keeps_its_chinese_words() -> None:
    with translation.override("en"):
        assert Revision(evidence_zh="交易所公告").evidence == "交易所公告"


# --- corrections ----------------------------------------------------------------------------
def test_a_correction_reaches_exactly_those_who_read_a_wrong_version() -> None:
    item, other = a_released(), a_released()
    zh, en = a_customer("+8613900001001"), a_customer("+8613900001002", language="en")
    late, never = a_customer("+8613900001003"), a_customer("+8613900001004")
    for customer in (zh, en):
        reads(item, customer)
    reads(other, never)
    correction = corrected(item)
    reads(item, late, LATER)
    assert tell_readers(correction=correction.ref, at=LATER)
    correction.refresh_from_db()
    assert (correction.readers, correction.told) == (2, 2)
    told = Message.objects.filter(text__kind="content.corrected")
    assert set(told.values_list("user", flat=True)) == {zh.user_id, en.user_id}
    values = {message.user_id: message.values for message in told}
    assert values[zh.user_id]["note"] == NOTE["note_zh"]
    assert values[en.user_id]["note"] == NOTE["note_en"]


def test_the_longest_notes_that_the_desk_may_type_reach_every_reader() -> None:
    item = a_released()
    zh, en = a_customer("+8613900001001"), a_customer("+8613900001002", language="en")
    for customer in (zh, en):
        reads(item, customer)
    note_zh, note_en = (
        "利率数字有误，" * 20 + "请以公告为准。" + "误" * 153,
        "The rate was wrong. " * 25,
    )
    typed = {"note_zh": note_zh, "note_en": note_en}
    form = WithdrawForm(typed, row=item)
    assert form.is_valid()
    assert (len(note_zh), len(note_en)) == (300, 500)
    officer = make_staff(Role.COMPLIANCE)
    correction = withdraw_item(item=item, officer=officer, at=LATER, **typed)
    assert tell_readers(correction=correction.ref, at=LATER)
    correction.refresh_from_db()
    assert (correction.readers, correction.told) == (2, 2)
    told = {row.user_id: row.values["note"] for row in Message.objects.all()}
    assert told[zh.user_id] == "利率数字有误，" * 20 + "请以公告为准。…"
    assert told[en.user_id].endswith("The rate was wrong.…")


def test_a_work_that_was_killed_goes_on_and_tells_nobody_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "PORTION", 2)
    item = a_released()
    for number in range(5):
        reads(item, a_customer(f"+86139000020{number:02}"))
    correction = corrected(item)
    real, calls = telling._tell, iter(range(100))

    def breaks(*args: Any) -> bool:
        if next(calls) == 3:
            raise RuntimeError("killed")
        return real(*args)

    monkeypatch.setattr(telling, "_tell", breaks)
    with pytest.raises(RuntimeError):
        tell_readers(correction=correction.ref, at=LATER)
    correction.refresh_from_db()
    assert (correction.readers, correction.finished_at) == (2, None)
    assert Message.objects.filter(text__kind="content.corrected").count() == 2
    job(correction=str(correction.ref))
    job(correction=str(correction.ref))
    correction.refresh_from_db()
    assert (correction.readers, correction.told) == (5, 5)
    assert Message.objects.filter(text__kind="content.corrected").count() == 5


def test_who_read_the_right_version_meanwhile_is_not_told() -> None:
    item, customer = a_released(), a_customer("+8613900001001")
    reads(item, customer)
    correction = corrected(item)
    reads(item, customer, LATER)
    tell_readers(correction=correction.ref, at=LATER)
    assert not Message.objects.filter(text__kind="content.corrected").exists()
    assert Read.objects.get().revision.number == 2


def test_a_change_that_corrects_nothing_tells_nobody() -> None:
    item = a_released()
    reads(item, a_customer("+8613900001001"))
    approve(a_signed(item, at=LATER), at=LATER)
    assert not Correction.objects.exists()


def test_a_correction_needs_something_released_and_words_in_both_languages() -> None:
    with pytest.raises(UnableToSign):
        a_signed(is_correction=True, **NOTE)
    with pytest.raises(UnableToSign):
        a_signed(a_released(), is_correction=True, note_zh="有误")


def test_what_is_withdrawn_leaves_at_once_and_for_good() -> None:
    item, customer = a_released(), a_customer("+8613900001001")
    reads(item, customer)
    officer = make_staff(Role.COMPLIANCE)
    with pytest.raises(UnableToWithdraw):
        withdraw_item(item=item, officer=officer, note_zh="有误", note_en=" ", at=LATER)
    correction = withdraw_item(item=item, officer=officer, **NOTE, at=LATER)
    assert not audience.for_visitors(LATER).exists()
    tell_readers(correction=correction.ref, at=LATER)
    assert Message.objects.get(text__kind="content.withdrawn").user_id == customer.user_id
    with pytest.raises(UnableToWithdraw):
        withdraw_item(item=item, officer=officer, **NOTE, at=LATER)
    with pytest.raises(UnableToSign):
        a_signed(item, at=LATER)


# --- at the same moment ---------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_once_release_once() -> None:
    revision, checkers = a_signed(), [a_checker(), a_checker()]
    waiting = iter(checkers)

    def release() -> str:
        try:
            approve(revision, checker=next(waiting))
        except FourEyesRefused:
            return "refused"
        else:
            return "released"
        finally:
            connection.close()

    assert sorted(together(release, times=2)) == ["refused", "released"]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_release_at_once_never_leave_it_shown() -> None:
    item = a_released()
    revision, officer = a_signed(item, at=LATER), make_staff(Role.COMPLIANCE)
    checker = a_checker()
    turns = iter(["withdraw", "release"])

    def act() -> None:
        try:
            if next(turns) == "withdraw":
                withdraw_item(item=item, officer=officer, **NOTE, at=LATER)
            else:
                approve(revision, checker=checker, at=LATER)
        except FourEyesRefused:
            return
        finally:
            connection.close()

    together(act, times=2)
    item.refresh_from_db()
    assert item.status == ItemStatus.WITHDRAWN
    assert not audience.for_visitors(LATER).exists()


@pytest.mark.django_db(transaction=True)
def test_a_correction_waits_for_a_reader_in_the_middle_and_then_tells_them() -> None:
    """A reading that began before the release is on record before its readers are looked for."""
    from threading import Thread

    item, customer = a_released(), a_customer("+8613900001001")
    revision, checker = a_signed(item, at=LATER, is_correction=True, **NOTE), a_checker()

    def release() -> None:
        try:
            approve(revision, checker=checker, at=LATER)
        finally:
            connection.close()

    with transaction.atomic():
        read_item(item=item, customer=customer, at=LATER)
        thread = Thread(target=release)
        thread.start()
        wait_for_a_lock()
    thread.join(20)
    correction = Correction.objects.get()
    tell_readers(correction=correction.ref, at=LATER)
    assert Message.objects.get(text__kind="content.corrected").user_id == customer.user_id


# --- the desk's pages -----------------------------------------------------------------------
@pytest.fixture
def analyst(client: Client, time_machine: Any) -> Client:
    time_machine.move_to(AT, tick=False)
    user = make_staff(Role.HEAD_OFFICE)
    give_licence(user, "analyst")
    return sign_in(client, user, at=AT)


def test_an_analyst_signs_on_the_page_of_the_item(analyst: Client) -> None:
    item = an_item()
    analyst.post(f"/admin/content/item/{item.ref}/act/sign/")
    assert item.revisions.get().is_pending


def test_a_correction_without_words_comes_back_as_it_was_typed(analyst: Client) -> None:
    item = a_released()
    page = analyst.post(
        f"/admin/content/item/{item.ref}/act/sign/",
        {"is_correction": "on", "note_zh": "<i>有误</i>", "note_en": ""},
    ).content.decode()
    assert "&lt;i&gt;有误&lt;/i&gt;" in page
    assert item.revisions.count() == 1


def test_an_item_is_written_with_its_securities_by_code(analyst: Client) -> None:
    from tests.content.factories import an_instrument

    bank = an_instrument()
    typed = {
        "kind": "comment",
        "topic": Topic.objects.get(code="company").pk,
        "codes": "600001.SH，999999",
        "title_zh": "标题",
        "title_en": "Title",
        "body_zh": "正文",
        "body_en": "Text",
        "grade": "R2",
        "expires_on": "2026-06-01",
    }
    page = analyst.post("/admin/content/item/add/", typed)
    assert page.status_code == 200
    assert "600001.SH，999999" in page.content.decode()
    analyst.post("/admin/content/item/add/", typed | {"codes": "600001"})
    item = Item.objects.get()
    assert list(item.instruments.all()) == [bank]
    analyst.post(f"/admin/content/item/{item.ref}/change/", typed | {"codes": ""})
    assert not item.instruments.exists()


def test_who_reads_it_stays_as_it_was_signed(analyst: Client) -> None:
    from tests.branches.factories import make_unit

    unit = make_unit()
    item = a_released(unit=unit, for_visitors=False)
    address = f"/admin/content/item/{item.ref}/change/"
    words = {name: getattr(item, name) for name in ("title_zh", "title_en", "body_zh", "body_en")}
    typed = words | {"grade": "R2", "expires_on": "2026-06-01", "title_zh": "新标题"}
    assert analyst.post(address, typed | {"kind": "event", "unit": ""}).status_code == 302
    item.refresh_from_db()
    assert (item.title_zh, item.kind, item.unit) == ("新标题", "comment", unit)
    assert (item.status, item.live.title_zh) == ("live", words["title_zh"])  # type: ignore[union-attr]  # there is one


def test_the_second_person_sees_what_changed(analyst: Client) -> None:
    item = a_released()
    item.body_zh = item.body_zh.replace("持平", "下降")
    item.save()
    revision = a_signed(item, at=AT)
    page = analyst.get(f"/admin/content/revision/{revision.ref}/change/").content.decode()
    assert "<del>持平</del><ins>下降</ins>" in page


def test_the_second_person_sees_who_reads_it_and_the_verdict_beside_the_version_before(
    analyst: Client,
) -> None:
    item = a_released(a_check(grade="R3", for_visitors=False))
    item.verdict, item.grade, item.for_visitors = "verified", "R1", True
    item.save()
    revision = a_signed(item, at=AT)
    analyst.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = analyst.get(f"/admin/content/revision/{revision.ref}/change/").content.decode()
    for old, new in (("Disputed", "Verified"), ("R3 medium", "R1 low"), ("No", "Yes")):
        assert f"<del>{old}</del> <ins>{new}</ins>" in page
    assert "<del>–</del>" not in page


def test_the_second_person_sees_the_source_and_the_page_of_both_languages(
    analyst: Client,
) -> None:
    raw = a_text(WILD, author="老李", url="https://forum.example/1")
    revision = a_signed(a_check(raw=raw, body_zh="## 结论\n\n- 没有公告", body_en="> Said <b>x"))
    page = analyst.get(f"/admin/content/revision/{revision.ref}/change/").content.decode()
    for each in (raw.source.licence, "老李", 'href="https://forum.example/1"', "稳赚不赔"):
        assert each in page
    assert "<h2>结论</h2>" in page
    assert "<li>没有公告</li>" in page
    assert "<blockquote><p>Said &lt;b&gt;x</p></blockquote>" in page


def test_what_one_unit_writes_is_not_open_to_everybody(analyst: Client) -> None:
    from tests.branches.factories import make_unit

    typed = {
        "kind": "event",
        "topic": Topic.objects.get(code="company").pk,
        "unit": make_unit().pk,
        "title_zh": "标题",
        "title_en": "Title",
        "body_zh": "正文",
        "body_en": "Text",
        "grade": "R1",
        "expires_on": "2026-06-01",
    }
    page = analyst.post("/admin/content/item/add/", typed | {"for_visitors": "on"})
    assert page.status_code == 200
    assert not Item.objects.exists()
    analyst.post("/admin/content/item/add/", typed)
    assert Item.objects.get().unit is not None


# --- a draft that comes to nothing ----------------------------------------------------------
@pytest.mark.parametrize("gives_back", [True, False])
def test_a_draft_is_dropped_and_its_text_may_wait_again(gives_back: bool) -> None:
    raw, officer = a_text(), a_checker()
    market = Topic.objects.get(code="market")
    item = work_up(raw=raw, kind=ItemKind.NEWS, topic=market, officer=officer, at=AT)
    drop_draft(item=item, officer=officer, reason="看错了", gives_back=gives_back, at=AT)
    item.refresh_from_db()
    raw.refresh_from_db()
    assert item.status == ItemStatus.DROPPED
    assert raw.status == ("waiting" if gives_back else "taken")
    with pytest.raises(UnableToSign):
        a_signed(item)
    with pytest.raises(UnableToDrop):
        drop_draft(item=item, officer=officer, reason="再次", at=AT)
    if gives_back:
        assert (
            work_up(raw=raw, kind=ItemKind.NEWS, topic=market, officer=officer, at=AT).raw == raw
        )


def test_only_a_draft_is_dropped_with_a_reason_and_while_nobody_decides_on_it() -> None:
    officer, waiting = a_checker(), an_item()
    a_signed(waiting)
    for item, reason in ((a_released(), "误"), (waiting, "误"), (an_item(), " ")):
        with pytest.raises(UnableToDrop):
            drop_draft(item=item, officer=officer, reason=reason, at=AT)


def test_a_draft_is_dropped_on_its_page(analyst: Client) -> None:
    item = an_item()
    analyst.post(f"/admin/content/item/{item.ref}/act/drop/", {"reason": "误点"})
    item.refresh_from_db()
    assert item.status == ItemStatus.DROPPED
    assert analyst.get(f"/admin/content/item/{item.ref}/change/").status_code == 200


# --- what leaves ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ends", "renewed", "is_told"),
    [
        (date(2026, 3, 9), None, True),
        (date(2026, 3, 10), None, False),
        (date(2026, 3, 1), None, True),
        (date(2026, 3, 9), date(2026, 3, 9), False),
    ],
)
def test_the_desk_is_told_of_items_that_leave_with_a_licence(
    ends: date, renewed: date | None, is_told: bool, analyst: Client
) -> None:
    signer = an_analyst(number="S9")
    items = [a_released_by(signer), a_released_by(signer)]
    Licence.objects.filter(user=signer).update(valid_to=ends)
    if renewed:
        give_licence(signer, "analyst", number="S9", valid_from=renewed)
    desk = make_staff(Role.OPERATIONS)
    found = list(leaving.tasks(desk, AT))
    assert len(found) == is_told
    listed = analyst.get("/admin/content/item/?today=licence").content.decode()
    assert all((item.title_zh in listed) is is_told for item in items)
    if is_told:
        assert "2" in str(found[0].title)
        assert list(leaving.tasks(make_staff(Role.COMPLIANCE), AT)) == []


def a_released_by(signer: Any) -> Item:
    item = an_item()
    approve(a_signed(item, signer=signer))
    return item


def test_the_list_says_whether_readers_get_it_today(analyst: Client) -> None:
    signer = an_analyst()
    shown, ended, hidden = a_released(), an_item(expires_on=date(2026, 3, 3)), an_item()
    approve(a_signed(ended, at=AT - timedelta(days=5)), at=AT - timedelta(days=5))
    approve(a_signed(hidden, signer=signer))
    Licence.objects.filter(user=signer).update(valid_to=date(2026, 3, 2))
    Revision.objects.count()
    analyst.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = analyst.get("/admin/content/item/").content.decode()
    assert "shown until 31\u00a0May\u00a02026" in page
    assert "hidden: the signer&#x27;s licence has ended" in page
    for value, item in (("shown", shown), ("soon", ended), ("licence", hidden)):
        listed = analyst.get(f"/admin/content/item/?today={value}").content.decode()
        assert [one.title_en in listed for one in (shown, ended, hidden)] == [
            one == item or (value, one) == ("shown", ended) for one in (shown, ended, hidden)
        ]


def test_an_outlet_writes_for_its_own_customers_alone(client: Client, time_machine: Any) -> None:
    from tests.branches.factories import make_unit

    time_machine.move_to(AT, tick=False)
    unit, other = make_unit(), make_unit()
    user = make_staff(Role.BRANCH_MANAGER, unit)
    mine, theirs, everybodys = an_item(unit=unit), an_item(unit=other), an_item()
    sign_in(client, user, at=AT)
    assert client.get(f"/admin/content/item/{mine.ref}/change/").status_code == 200
    assert client.get(f"/admin/content/item/{theirs.ref}/change/").status_code == 404
    assert client.get(f"/admin/content/item/{everybodys.ref}/change/").status_code == 404
    page = client.get("/admin/content/item/add/").content.decode()
    assert f'value="{unit.pk}"' in page
    assert f'value="{other.pk}"' not in page


def test_a_version_that_is_sent_back_says_why() -> None:
    revision = a_signed()
    decide(
        model=Revision,
        ref=revision.ref,
        checker=a_checker(),
        decision=Decision.REJECTED,
        at=AT,
        reason="出处不清",
    )
    assert not audience.for_visitors(AT).exists()
    assert a_signed(revision.item, at=LATER).number == 2
