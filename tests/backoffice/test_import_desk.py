"""The import desk: from a hostile file to released rows, and back."""

from __future__ import annotations

import io
import threading
import zipfile
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from openpyxl import Workbook

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.backoffice.imports import Column, Importer, importers, reading
from brokerage.backoffice.imports.refusals import UnableToImport, Unreadable
from brokerage.backoffice.imports.states import RowState, Status
from brokerage.backoffice.imports.template_file import template_file
from brokerage.backoffice.imports.use_cases.propose_import import discard_import, propose_import
from brokerage.backoffice.imports.use_cases.read_file import read_file
from brokerage.backoffice.imports.use_cases.receive_file import receive_file
from brokerage.backoffice.imports.use_cases.take_rows import take_rows
from brokerage.backoffice.imports.use_cases.undo_rows import start_undo, undo_rows
from brokerage.backoffice.models import ImportPart, ImportRow, ImportRun
from brokerage.backoffice.own_tasks import approvals, read_imports
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.reference.models import CalendarDay
from tests.backoffice.factories import desk_of, staff
from tests.reference.factories import make_days

pytestmark = pytest.mark.django_db
SITE: Any = admin.site
IDS = ["empty", "blank", "nul", "no zip", "no text", "quote", "long", "wide", "formula", "sheets"]


class Notes(Importer):
    """A list for these tests: what was taken stands in a dictionary."""

    key = "tests-notes"
    label = _("Imports")
    intro = ""
    permission = "reference.change_calendarday"
    columns = (
        Column("code", forms.CharField(label=_("Reference number"), max_length=20)),
        Column("amount", forms.DecimalField(label=_("Rows"), required=False, max_digits=6)),
    )
    unique = ("code",)
    can_undo = True

    def __init__(self) -> None:
        self.taken: dict[UUID, str] = {}
        self.used: set[UUID] = set()

    def check(self, row: Any, facts: Any, *, user: Any) -> None:
        if row["code"] == "forbidden":
            raise ValidationError({"code": _("Nothing found")})

    def take(self, row: Any, *, maker: Any, checker: Any, at: Any) -> UUID:
        if row["code"] == "late":
            raise ValidationError(_("Nothing found"))
        ref = uuid4()
        self.taken[ref] = row["code"]
        return ref

    def undo(self, ref: UUID, *, user: Any, at: Any) -> None:
        if ref in self.used:
            raise ValidationError(_("Nothing found"))
        del self.taken[ref]


@pytest.fixture
def notes(monkeypatch):
    importer = Notes()
    monkeypatch.setitem(importers._items, importer.key, importer)
    return importer


@pytest.fixture
def maker():
    return staff(Role.OPERATIONS)


@pytest.fixture
def checker():
    return staff(Role.HEAD_OFFICE)


def bring(importer: Importer, maker: Any, body: bytes | str, *, read: bool = True) -> ImportRun:
    data = body.encode() if isinstance(body, str) else body
    run = receive_file(upload=io.BytesIO(data), importer=importer, maker=maker, at=clock.now())
    return read_file(ref=run.ref, at=clock.now()) if read else run


def release(run: ImportRun, maker: Any, checker: Any, *, whole: bool = False) -> ImportRun:
    at = clock.now()
    propose_import(ref=run.ref, whole=whole, user=maker, at=at)
    decide(model=ImportRun, ref=run.ref, checker=checker, decision=Decision.APPROVED, at=at)
    return take_rows(ref=run.ref, at=at)


def states(run: ImportRun) -> dict[int, str]:
    return dict(run.rows.values_list("number", "state"))


def workbook(*rows: Any, sheets: int = 1) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for _sheet in range(sheets - 1):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- reading -----------------------------------------------------------------------------------
def cells(body: bytes) -> list[list[str]]:
    return [line for _number, line in reading.lines(body)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_each_encoding_that_spreadsheets_write(encoding):
    assert cells("编号,名称\n1,欧阳映雪𠮷\n".encode(encoding)) == [
        ["编号", "名称"],
        ["1", "欧阳映雪𠮷"],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_first_line(delimiter):
    body = f'a{delimiter}b\n"1{delimiter}1"{delimiter}2\n'.encode()
    assert cells(body) == [
        ["a", "b"],
        [f"1{delimiter}1", "2"] if delimiter != "\t" else ["1 1", "2"],
    ]


def test_a_workbook_gives_the_same_texts_as_a_csv():
    body = workbook(
        ["a", "b", "c", "d"], [1, 2.5, date(2027, 10, 1), True], [None, " x  y ", "", ""]
    )
    assert cells(body) == [["a", "b", "c", "d"], ["1", "2.5", "2027-10-01", "1"], ["", "x y"]]


def test_line_numbers_are_those_of_the_file():
    assert [number for number, _l in reading.lines(b"a\n\n1\n\n\n2\n")] == [1, 3, 6]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"a\x00b",
        b"PK\x03\x04 nothing",
        b"\x81\xff\xff\xff",
        b'a,b\n"1,2\n3',
        b"a\n" + b"x" * 20_001,
        b",".join([b"a"] * 200),
        workbook(["a"], ["=1+1"]),
        workbook(["a"], ["1"], sheets=2),
    ],
    ids=IDS,
)
def test_a_file_that_cannot_be_trusted_is_refused_with_a_reason(body):
    with pytest.raises(Unreadable) as refused:
        cells(body)
    with override("zh-hans"):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in str(refused.value.message))


def test_a_workbook_with_programs_or_of_immense_size_is_refused(monkeypatch):
    body = io.BytesIO(workbook(["a"], ["1"]))
    with zipfile.ZipFile(body, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Unreadable, match="programs"):
        cells(body.getvalue())
    monkeypatch.setattr("brokerage.backoffice.imports.workbook.MOST_UNPACKED", 100)
    with pytest.raises(Unreadable, match="unpacked"):
        cells(workbook(["a"], ["1"]))


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert len(cells(b"a\n1\n2\n")) == 3
    with pytest.raises(Unreadable, match="More than 2 rows"):
        cells(b"a\n1\n2\n3\n")


# --- preview -----------------------------------------------------------------------------------
def test_each_error_stands_beside_its_cell_in_the_language_of_the_reader(notes, maker):
    run = bring(notes, maker, "CODE,明细行,旧\nA1,7,x\nA2,viel,\n,1,\nforbidden,,\na1,2,\n")

    assert (run.status, run.row_count, run.bad_count) == (Status.READ, 5, 4)
    assert run.unused == ["旧"]
    assert states(run) == {2: "good", 3: "bad", 4: "bad", 5: "bad", 6: "bad"}
    content = {row.number: row.content for row in run.rows.all()}
    assert list(content[3]["errors"]["en"]) == ["amount"]
    assert content[3]["errors"]["en"]["amount"] == ["Enter a number."]
    assert content[3]["errors"]["zh-hans"]["amount"] == ["输入一个数字。"]
    assert list(content[5]["errors"]["en"]) == ["code"]
    assert content[6]["errors"]["en"]["code"] == ["Stands in line 2 already."]
    page = desk_of(maker).get(SITE.url_of(run)).content.decode()
    assert "Enter a number." in page
    assert "viel" in page


def test_cells_are_never_stored_in_plain_text(notes, maker):
    run = bring(notes, maker, "code\nouyang-yingxue\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM backoffice_importrow WHERE run_id = %s", [run.pk])
        assert "ouyang" not in str(cursor.fetchall())
    assert not ImportPart.objects.filter(run=run).exists()
    assert not Entry.objects.filter(payload__icontains="ouyang").exists()


@pytest.mark.parametrize("body", ["nothing\n1\n", "code,code\n1,2\n", "code\n", "\ncode\n"])
def test_a_file_without_its_columns_or_rows_says_so(notes, maker, body):
    run = bring(notes, maker, body)
    assert run.status == Status.UNREADABLE
    assert run.problem["en"]
    assert run.problem["zh-hans"] != run.problem["en"]
    assert not run.rows.exists()
    assert run.problem["en"] in desk_of(maker).get(SITE.url_of(run)).content.decode()


@pytest.mark.parametrize(("announced", "fits"), [(None, True), (2, True), (1, False), (3, False)])
def test_a_list_of_another_length_than_announced_takes_nothing(notes, maker, announced, fits):
    upload = io.BytesIO(b"code\nA1\n\nB2\n")
    run = receive_file(
        upload=upload, importer=notes, maker=maker, at=clock.now(), announced=announced
    )
    run = read_file(ref=run.ref, at=clock.now())
    assert (run.status == Status.READ) is fits
    if not fits:
        assert f"{announced} rows were announced, but the file has 2" in run.problem["en"]
        assert run.problem["zh-hans"] != run.problem["en"]
        assert run.problem["en"] in desk_of(maker).get(SITE.url_of(run)).content.decode()
        assert not run.rows.exists()


def test_the_announced_length_is_typed_beside_the_file(notes, maker):
    client = desk_of(maker)
    file = SimpleUploadedFile("a.csv", b"code\nA1\n")
    bad = client.post("/admin/imports/tests-notes/", {"file": file, "rows": "viele"})
    assert "Enter a whole number." in bad.content.decode()
    assert 'value="viele"' in bad.content.decode(), "nothing typed is lost"
    file.seek(0)
    client.post("/admin/imports/tests-notes/", {"file": file, "rows": "1"})
    assert ImportRun.objects.get().announced_count == 1


def test_hostile_cells_are_shown_as_text(notes, maker):
    run = bring(notes, maker, 'code\n<script>x</script>\n\u202eabc\n"=1+1"\n')
    page = desk_of(maker).get(SITE.url_of(run)).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_reading_again_after_a_crash_begins_anew(notes, maker):
    run = bring(notes, maker, "code\nA1\n", read=False)
    row = ImportRow(run=run, number=9, state=RowState.GOOD)
    row.write({"code": "left over"}, {})
    row.save()
    read_file(ref=run.ref, at=clock.now())
    assert states(run) == {2: "good"}
    read_file(ref=run.ref, at=clock.now())
    assert states(run) == {2: "good"}


# --- release -----------------------------------------------------------------------------------
def test_good_rows_are_taken_after_a_second_person_released_them(notes, maker, checker):
    run = bring(notes, maker, "code\nA1\nforbidden\nlate\nA2\n")
    assert [task.url for task in read_imports(maker, clock.now())] == [SITE.url_of(run)]
    assert not list(approvals(checker, clock.now()))

    run = release(run, maker, checker)

    assert (run.status, run.taken_count, run.failed_count) == (Status.TAKEN, 2, 1)
    assert states(run) == {2: "taken", 3: "bad", 4: "failed", 5: "taken"}
    assert sorted(notes.taken.values()) == ["A1", "A2"]
    kinds = list(
        Entry.objects.filter(subject_ref=run.ref).order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == [
        "backoffice.import_received",
        "backoffice.import_read",
        "backoffice.import_proposed",
        "backoffice.checker_decided",
        "backoffice.import_taken",
    ]


def test_taking_twice_takes_once(notes, maker, checker):
    run = release(bring(notes, maker, "code\nA1\n"), maker, checker)
    take_rows(ref=run.ref, at=clock.now())
    assert list(notes.taken.values()) == ["A1"]


def test_as_a_whole_means_all_rows_or_none(notes, maker, checker):
    run = bring(notes, maker, "code\nA1\nlate\n")
    run = release(run, maker, checker, whole=True)
    assert (run.status, run.taken_count, run.failed_count) == (Status.FAILED, 0, 1)
    assert states(run) == {2: "good", 3: "failed"}


def test_a_list_with_errors_cannot_be_proposed_as_a_whole(notes, maker):
    run = bring(notes, maker, "code\nA1\nforbidden\n")
    with pytest.raises(UnableToImport):
        propose_import(ref=run.ref, whole=True, user=maker, at=clock.now())
    nothing = bring(notes, maker, "code\nforbidden\n")
    with pytest.raises(UnableToImport):
        propose_import(ref=nothing.ref, whole=False, user=maker, at=clock.now())


def test_its_maker_does_not_release_it_and_nobody_an_unproposed_one(notes, maker, checker):
    run = bring(notes, maker, "code\nA1\n")
    at = clock.now()
    with pytest.raises(FourEyesRefused):
        decide(model=ImportRun, ref=run.ref, checker=checker, decision=Decision.APPROVED, at=at)
    propose_import(ref=run.ref, whole=False, user=maker, at=at)
    with pytest.raises(FourEyesRefused):
        decide(model=ImportRun, ref=run.ref, checker=maker, decision=Decision.APPROVED, at=at)
    assert [task.url for task in approvals(checker, at)] == [SITE.url_of(run)]
    assert not list(approvals(maker, at))


def test_a_list_that_was_sent_back_is_at_its_end(notes, maker, checker):
    run = bring(notes, maker, "code\nA1\n")
    at = clock.now()
    propose_import(ref=run.ref, whole=False, user=maker, at=at)
    decide(
        model=ImportRun,
        ref=run.ref,
        checker=checker,
        decision=Decision.REJECTED,
        at=at,
        reason="旧表",
    )
    run.refresh_from_db()
    assert run.status == Status.REJECTED
    assert take_rows(ref=run.ref, at=at).status == Status.REJECTED
    assert not notes.taken


def test_the_same_file_is_imported_once(notes, maker, checker):
    release(bring(notes, maker, "code\nA1\n"), maker, checker)
    again = bring(notes, maker, "code\nA1\n")
    with pytest.raises(UnableToImport):
        propose_import(ref=again.ref, whole=False, user=maker, at=clock.now())


def test_a_discarded_list_leaves_no_rows(notes, maker):
    run = bring(notes, maker, "code\nA1\n")
    discard_import(ref=run.ref, user=maker, at=clock.now())
    assert not run.rows.exists()
    with pytest.raises(UnableToImport):
        propose_import(ref=run.ref, whole=False, user=maker, at=clock.now())


def test_an_import_is_taken_back_but_for_what_was_used_since(notes, maker, checker):
    run = release(bring(notes, maker, "code\nA1\nA2\n"), maker, checker)
    used = next(ref for ref, code in notes.taken.items() if code == "A1")
    notes.used.add(used)
    with pytest.raises(UnableToImport):
        start_undo(ref=run.ref, user=maker, reason=" ", at=clock.now())

    start_undo(ref=run.ref, user=checker, reason="错表", at=clock.now())
    run = undo_rows(ref=run.ref, at=clock.now())

    assert (run.status, run.undone_count) == (Status.UNDONE, 1)
    assert states(run) == {2: "kept", 3: "undone"}
    assert list(notes.taken) == [used]


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_each_row_once(notes):
    maker, checker = staff(Role.OPERATIONS), staff(Role.HEAD_OFFICE)
    run = bring(notes, maker, "code\n" + "".join(f"A{n}\n" for n in range(450)))
    at = clock.now()
    propose_import(ref=run.ref, whole=False, user=maker, at=at)
    decide(model=ImportRun, ref=run.ref, checker=checker, decision=Decision.APPROVED, at=at)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            take_rows(ref=run.ref, at=at)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.refresh_from_db()
    assert (run.status, run.taken_count) == (Status.TAKEN, 450)
    assert len(notes.taken) == 450
    assert Entry.objects.filter(subject_ref=run.ref, kind="backoffice.import_taken").count() == 1


# --- pages -------------------------------------------------------------------------------------
def test_a_file_is_brought_by_the_page_and_its_template_is_understood(notes, maker):
    client = desk_of(maker)
    assert "Imports" in client.get("/admin/imports/").content.decode()
    page = client.get("/admin/imports/tests-notes/")
    assert page.status_code == 200
    assert client.get("/admin/imports/nothing/").status_code == 404

    empty = client.post("/admin/imports/tests-notes/", {})
    assert "This field is required." in empty.content.decode()
    file = SimpleUploadedFile("客户名单.csv", template_file(notes).encode())
    answer = client.post("/admin/imports/tests-notes/", {"file": file})
    run = ImportRun.objects.get()
    assert answer["Location"] == SITE.url_of(run)
    assert read_file(ref=run.ref, at=clock.now()).status == Status.UNREADABLE  # no row in it


def test_the_pages_act_and_refuse(notes, maker, checker):
    run = bring(notes, maker, "code\nA1\n")
    base = SITE.url_of(run).removesuffix("change/")
    client, other = desk_of(maker), desk_of(checker)
    assert client.post(f"{base}act/", {"act": "else"}, follow=True).status_code == 200
    assert other.post(f"{base}act/", {"act": "whole"}).status_code == 302
    run.refresh_from_db()
    assert run.status == Status.READ
    client.post(f"{base}act/", {"act": "whole"})
    other.post(f"{base}decide/", {"decision": "approved"})
    busy = client.get(f"{base}progress/")
    assert "progress" in busy.content.decode()
    take_rows(ref=run.ref, at=clock.now())
    assert client.get(f"{base}progress/")["HX-Refresh"] == "true"
    assert other.get(f"{base}undo/").status_code == 200
    other.post(f"{base}undo/", {"reason": "错表一"})
    run.refresh_from_db()
    assert run.status == Status.UNDOING


def test_whoever_may_not_bring_lists_finds_none(notes):
    adviser = desk_of(staff(Role.ADVISER))
    assert adviser.get("/admin/imports/").status_code == 403
    assert adviser.get("/admin/imports/tests-notes/").status_code == 403
    manager = desk_of(staff(Role.BRANCH_MANAGER))
    assert manager.get("/admin/imports/tests-notes/").status_code == 404


# --- the calendar ------------------------------------------------------------------------------
def test_announced_days_replace_provisional_ones(maker, checker):
    make_days(date(2027, 10, 1), date(2027, 10, 8))
    importer = importers.get("calendar-days")
    body = (
        "market,day,working,trading,source\n"
        "CN,2027-10-01,0,0,通知\nCN,2027-10-04,1,1,通知\nCN,2030-01-01,0,0,通知\n"
        "CN,2027-10-02,1,1,通知\nXX,2027-10-05,2,0,\n"
    )
    run = release(bring(importer, maker, body), maker, checker)
    assert states(run) == {2: "taken", 3: "taken", 4: "bad", 5: "bad", 6: "bad"}
    day = CalendarDay.objects.get(market="CN", day=date(2027, 10, 1))
    assert (day.is_working, day.is_provisional, day.source) == (False, False, "通知")
