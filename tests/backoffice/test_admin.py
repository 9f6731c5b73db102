"""Masking, reveal, second pairs of eyes, key paging, exports, jobs and the task home."""

from __future__ import annotations

import csv
import io
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import OrgUnit, RoleRequest, StaffAssignment
from brokerage.backoffice import exports, reveals
from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.backoffice.models import Export, ExportPart, Reveal
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.users.models import User
from tests import records
from tests.backoffice.factories import desk, desk_of, staff
from tests.branches.factories import make_head_office, make_unit

pytestmark = pytest.mark.django_db
NAME = "欧阳映雪"


def page_of(row, page="change", *more):
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=[row.ref, *more])


def a_customer(unit=None):
    unit = unit or make_unit()
    return records.customer(unit, None)


# --- masking and reveal ------------------------------------------------------------------------
def test_personal_data_is_masked_in_list_page_and_journal():
    outlet = make_unit()
    customer = a_customer(outlet)
    client = desk(Role.BRANCH_MANAGER, outlet)

    for url in (reverse("admin:customers_customer_changelist"), page_of(customer)):
        shown = client.get(url).content.decode()
        assert "欧阳*" in shown
        assert NAME not in shown
        assert customer.id_hash is None or customer.id_hash not in shown


def test_a_value_is_shown_once_for_a_purpose_and_on_record():
    outlet = make_unit()
    customer = a_customer(outlet)
    user = staff(Role.BRANCH_MANAGER, outlet)
    client = desk_of(user)
    url = page_of(customer, "reveal", "name")

    assert NAME not in client.get(url).content.decode()
    answer = client.post(url, {"purpose": "contact", "reason": "案件 2026-7 回电"})

    assert NAME in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    look = Reveal.objects.get()
    assert (look.user_ref, look.subject_ref, look.field) == (user.ref, customer.ref, "name")
    entry = Entry.objects.get(kind="backoffice.personal_data_revealed")
    assert entry.subject_ref == customer.ref
    assert entry.payload["purpose"] == "contact"
    assert NAME not in str(entry.payload)


@pytest.mark.parametrize(
    "form", [{}, {"purpose": "contact"}, {"purpose": "fun", "reason": "why?"}]
)
def test_without_a_purpose_nothing_is_shown(form):
    outlet = make_unit()
    customer = a_customer(outlet)

    answer = desk(Role.BRANCH_MANAGER, outlet).post(page_of(customer, "reveal", "name"), form)

    assert NAME not in answer.content.decode()
    assert not Reveal.objects.exists()


def test_a_reveal_needs_a_fresh_proof():
    outlet = make_unit()
    customer = a_customer(outlet)
    client = desk(Role.BRANCH_MANAGER, outlet, stepped_up=False)

    answer = client.post(
        page_of(customer, "reveal", "name"), {"purpose": "contact", "reason": "回电"}
    )

    assert answer.status_code == 302
    assert reverse("users:step_up") in answer["Location"]
    assert not Reveal.objects.exists()


def test_many_looks_are_noticed_and_then_stopped():
    outlet = make_unit()
    customer, user = a_customer(outlet), staff(Role.BRANCH_MANAGER, outlet)
    at = clock.now()

    def look():
        return reveals.reveal(
            row=customer, field="name", user=user, purpose="contact", reason="回电", at=at
        )

    for _n in range(reveals.MOST):
        assert look() == NAME
    noticed = Entry.objects.filter(kind="backoffice.bulk_look_noticed")
    assert noticed.count() == 1
    with pytest.raises(reveals.UnableToReveal):
        look()

    assert Reveal.objects.count() == reveals.MOST
    assert noticed.count() == 2


def test_a_look_is_never_changed_or_deleted():
    made = records.look(make_unit(), staff(Role.AUDITOR))

    for change in (
        lambda: Reveal.objects.filter(pk=made.pk).update(field="nothing"),
        lambda: Reveal.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(Exception, match="looks_stay"), _savepoint():
            change()


def _savepoint():
    from django.db import transaction

    return transaction.atomic()


# --- search ------------------------------------------------------------------------------------
def test_a_phone_number_is_found_by_post_and_never_stands_in_an_address():
    outlet, elsewhere = make_unit(), make_unit()
    mine, theirs = a_customer(outlet), a_customer(elsewhere)
    client = desk(Role.BRANCH_MANAGER, outlet)
    url = reverse("admin:customers_customer_search")

    found = client.post(url, {"term": mine.user.phone.removeprefix("+86")})
    assert mine.user.phone[-4:] not in found["Location"]
    assert page_of(mine) in client.get(found["Location"]).content.decode()

    other = client.post(url, {"term": theirs.user.phone}, follow=True).content.decode()
    assert page_of(theirs) not in other
    assert page_of(mine) not in other


def test_a_search_token_of_somebody_else_finds_nothing():
    outlet = make_unit()
    customer = a_customer(outlet)
    url = reverse("admin:customers_customer_search")
    theirs = desk(Role.BRANCH_MANAGER, outlet).post(url, {"term": customer.user.phone})

    page = desk(Role.OPENING_OFFICER, outlet).get(theirs["Location"]).content.decode()

    assert page_of(customer) not in page


# --- key paging --------------------------------------------------------------------------------
def test_pages_go_by_key_without_counting():
    outlet = make_unit()
    rows = [records.assignment(outlet, None) for _n in range(7)]
    client = desk(Role.BRANCH_MANAGER, outlet)
    rows = [*rows, StaffAssignment.objects.get(user__display_name="沈知行")]
    url = reverse("admin:branches_staffassignment_changelist")
    model_admin = _admin(StaffAssignment)
    model_admin.list_per_page = 3
    try:
        seen, address = [], url
        with CaptureQueriesContext(
            connection,
        ) as queries:
            while address:
                page = client.get(address)
                cl = page.context["cl"]
                seen += cl.result_list
                address = url + cl.next_url if cl.next_url else ""
        back = client.get(url + cl.previous_url).context["cl"]
    finally:
        del model_admin.list_per_page
    assert seen == rows[::-1]
    assert back.result_list == seen[3:6]
    assert not [q for q in queries if "COUNT(" in q["sql"].upper()]


def test_a_late_page_costs_as_many_queries_as_the_first():
    outlet = make_unit()
    for _n in range(5):
        records.assignment(outlet, None)
    client = desk(Role.BRANCH_MANAGER, outlet)
    url = reverse("admin:branches_staffassignment_changelist")
    with CaptureQueriesContext(connection) as first:
        page = client.get(url)
    ref = page.context["cl"].result_list[2].ref
    with CaptureQueriesContext(connection) as later:
        client.get(url, {"after": str(ref)})
    assert len(later) == len(first) + 1  # where the page begins


def _admin(model):
    from django.contrib import admin

    return admin.site._registry[model]


# --- second pair of eyes -----------------------------------------------------------------------
def test_what_waits_is_on_the_record_and_in_the_checkers_tasks():
    outlet = make_unit()
    request = records.role_request(outlet, None)
    checker = desk(Role.HEAD_OFFICE)

    assert page_of(request) in checker.get(reverse("admin:index")).content.decode()
    assert "Waits for a second person" in checker.get(page_of(request)).content.decode()

    checker.post(page_of(request, "decide"), {"decision": "approved"})

    request.refresh_from_db()
    assert request.is_approved
    assert StaffAssignment.objects.filter(user=request.user, role=request.role).exists()
    assert page_of(request) not in checker.get(reverse("admin:index")).content.decode()


def test_a_manager_proposes_within_the_own_units_only():
    outlet, elsewhere = make_unit(), make_unit()
    client = desk(Role.BRANCH_MANAGER, outlet)
    colleague = records.assignment(outlet, None).user
    url = reverse("admin:branches_rolerequest_add")
    form = {"user": colleague.pk, "role": "operations", "valid_from": "2026-03-01"}

    client.post(url, {**form, "unit": elsewhere.pk})
    assert not RoleRequest.objects.exists()
    client.post(url, {**form, "unit": outlet.pk})

    request = RoleRequest.objects.get()
    assert (request.unit, request.is_pending) == (outlet, True)
    assert Entry.objects.filter(kind="branches.role_proposed").exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.BRANCH_MANAGER, Role.COMPLIANCE, Role.AUDITOR])
def test_who_may_not_decide_cannot(role):
    outlet = make_unit()
    request = records.role_request(outlet, None)

    answer = desk(role, outlet).post(page_of(request, "decide"), {"decision": "approved"})

    assert answer.status_code == 403
    request.refresh_from_db()
    assert request.is_pending


def test_a_rejection_needs_a_reason():
    request = records.role_request(make_unit(), None)
    client = desk(Role.HEAD_OFFICE)

    client.post(page_of(request, "decide"), {"decision": "rejected"})
    request.refresh_from_db()
    assert request.is_pending
    client.post(page_of(request, "decide"), {"decision": "rejected", "reason": "人员不符"})

    request.refresh_from_db()
    assert (request.decision, request.rejection_reason) == ("rejected", "人员不符")


def test_a_decision_cannot_be_made_by_get():
    request = records.role_request(make_unit(), None)

    desk(Role.HEAD_OFFICE).get(page_of(request, "decide"), {"decision": "approved"})

    request.refresh_from_db()
    assert request.is_pending


def test_ending_a_role_in_the_back_office_shuts_the_person_out_at_once():
    outlet = make_unit()
    user = staff(Role.OPENING_OFFICER, outlet)
    theirs = desk_of(user)
    assert theirs.get(reverse("admin:index")).status_code == 200
    assignment = StaffAssignment.objects.get(user=user)

    desk(Role.BRANCH_MANAGER, outlet).post(page_of(assignment, "end"), {"reason": "离职"})

    assert theirs.get(reverse("admin:index")).status_code == 403
    assert theirs.get(reverse("admin:branches_orgunit_changelist")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_once_decide_once():
    request = records.role_request(make_unit(), None)
    both_ready, outcomes = threading.Barrier(2), []
    checkers = [staff(Role.HEAD_OFFICE) for _n in range(2)]

    def check(pk, decision):
        checker = User.objects.get(pk=pk)
        both_ready.wait()
        try:
            decide(
                model=RoleRequest,
                ref=request.ref,
                checker=checker,
                decision=decision,
                at=clock.now(),
                reason="核对完毕",
            )
            outcomes.append("decided")
        except FourEyesRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=check, args=pair)
        for pair in zip(
            [c.pk for c in checkers], [Decision.APPROVED, Decision.REJECTED], strict=True
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decided", "refused"]
    assert Entry.objects.filter(kind="backoffice.checker_decided").count() == 1


def test_a_form_sets_no_field_that_it_does_not_show():
    outlet = make_unit()
    colleague = records.assignment(outlet, None).user
    checker = staff(Role.HEAD_OFFICE)
    user = staff(Role.BRANCH_MANAGER, outlet)

    desk_of(user).post(
        reverse("admin:branches_rolerequest_add"),
        {
            "user": colleague.pk,
            "unit": outlet.pk,
            "role": "operations",
            "valid_from": "2026-03-01",
            "decision": "approved",
            "checked_by_ref": str(checker.ref),
            "checked_at": "2026-03-01 10:00",
            "made_by_ref": str(checker.ref),
            "ref": str(uuid4()),
        },
    )

    request = RoleRequest.objects.get()
    assert request.is_pending
    assert request.made_by_ref == user.ref
    assert request.checked_by_ref is None


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "a" * 5000,
        "q=" + "key-1:" + "A" * 40,
        "kind__exact=%00",
        "kind__exact=" + "x" * 3000,
        "after=%00",
        "before=1",
        "after=../../etc",
        "p=-1&all=&o=1.2&e=1",
        "_to_field=password",
        "_popup=1",
        "kind__isnull=maybe",
        "%00=1",
    ],
)
def test_hostile_addresses_of_a_list_are_harmless(query):
    client = desk(Role.HEAD_OFFICE)
    for name in ("branches_orgunit", "customers_customer"):
        answer = client.get(reverse(f"admin:{name}_changelist") + "?" + query)
        assert answer.status_code in (200, 302, 400), query


@pytest.mark.parametrize("term", ["\x00", "a" * 5000, "<script>", "％＿", "1' or 1=1 --", "  "])
def test_hostile_words_in_the_search_box_are_harmless(term):
    client = desk(Role.HEAD_OFFICE)
    for name in ("branches_orgunit", "customers_customer"):
        answer = client.post(reverse(f"admin:{name}_search"), {"term": term}, follow=True)
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize("ident", ["%00", "0", "9" * 30, "..", "add%2F", "_5F"])
def test_hostile_addresses_of_an_object_give_404(ident):
    client = desk(Role.HEAD_OFFICE)
    for name in ("branches/orgunit", "reference/calendarday"):
        assert client.get(f"/admin/{name}/{ident}/change/").status_code == 404, ident


def test_hostile_text_in_a_name_stays_text():
    outlet = make_unit(name_zh="<script>alert(1)</script>", name_en="<b>=1+1\u202e</b>")
    client = desk(Role.BRANCH_MANAGER, outlet)
    for url in (page_of(outlet), reverse("admin:branches_orgunit_changelist")):
        shown = client.get(url).content.decode()
        assert "<script>alert" not in shown
        assert "<b>=1" not in shown


# --- exports -----------------------------------------------------------------------------------
def an_approved_export(maker, label="branches.OrgUnit", **filters):
    export = exports.request_export(
        model_label=label,
        filters=filters,
        purpose="inspection",
        reason="年度检查",
        maker=maker,
        at=clock.now(),
    )
    decide(
        model=Export,
        ref=export.ref,
        checker=staff(Role.HEAD_OFFICE),
        decision=Decision.APPROVED,
        at=clock.now(),
    )
    return exports.make_file(export_ref=export.ref, at=clock.now())


def lines_of(export):
    text = b"".join(exports.lines_of(export)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_an_export_holds_the_makers_rows_between_two_watermarks():
    outlet, elsewhere = make_unit(), make_unit()
    maker = staff(Role.BRANCH_MANAGER, outlet)

    export = an_approved_export(maker)

    lines = lines_of(export)
    assert maker.display_name in lines[0][0]
    assert lines[0] == lines[-1]
    assert [line[0] for line in lines[2:-1]] == [outlet.code]
    assert elsewhere.code not in str(lines)
    assert export.row_count == 1


def test_an_export_is_masked_like_the_screen():
    outlet = make_unit()
    a_customer(outlet)

    lines = lines_of(an_approved_export(staff(Role.BRANCH_MANAGER, outlet), "customers.Customer"))

    assert "欧阳*" in str(lines)
    assert NAME not in str(lines)


def test_an_export_shows_what_its_maker_may_see_when_it_is_made():
    outlet = make_unit()
    maker = staff(Role.BRANCH_MANAGER, outlet)
    export = exports.request_export(
        model_label="branches.OrgUnit",
        filters={},
        purpose="inspection",
        reason="年度检查",
        maker=maker,
        at=clock.now(),
    )
    row = StaffAssignment.objects.get(user=maker)
    StaffAssignment.objects.filter(pk=row.pk).update(valid_to=clock.today())
    Export.objects.filter(pk=export.pk).update(
        decision="approved", checked_by_ref=uuid4(), checked_at=clock.now()
    )

    assert exports.make_file(export_ref=export.ref, at=clock.now()).row_count == 0


def test_an_export_is_written_in_parts_of_bounded_size(monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 4)
    for _n in range(10):
        make_unit()

    export = an_approved_export(staff(Role.HEAD_OFFICE))

    assert export.row_count == OrgUnit.objects.count()
    assert export.parts.count() == -(-(export.row_count + 3) // 4)
    assert len(lines_of(export)) == export.row_count + 3
    raw = ExportPart.objects.first().__dict__["body"]
    assert make_head_office().code not in raw  # sealed


def test_a_second_run_of_the_job_changes_nothing():
    export = an_approved_export(staff(Role.HEAD_OFFICE))

    again = exports.make_file(export_ref=export.ref, at=clock.now() + timedelta(hours=1))

    assert again.finished_at == export.finished_at


@pytest.mark.parametrize(
    "evil",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "＝1+1",
        "\r\n=1",
        "|cmd",
        "%0A",
        "﹦1",
        "\ufeff=1",
    ],
)
def test_no_cell_starts_a_formula(evil):
    cell = exports.safe(evil)
    assert cell.startswith("'"), repr(cell)


def test_only_the_maker_takes_the_file():
    maker = staff(Role.HEAD_OFFICE)
    export = an_approved_export(maker)
    url = reverse("admin:export_file", args=[export.ref])

    assert desk(Role.HEAD_OFFICE).get(url).status_code == 404
    assert desk(Role.AUDITOR).get(url).status_code == 404
    answer: Any = desk_of(maker).get(url)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")
    assert Entry.objects.filter(kind="backoffice.export_fetched").count() == 1


def test_a_file_can_be_fetched_for_a_week():
    maker = staff(Role.HEAD_OFFICE)
    export = an_approved_export(maker)
    Export.objects.filter(pk=export.pk).update(finished_at=clock.now() - timedelta(days=7))

    assert desk_of(maker).get(reverse("admin:export_file", args=[export.ref])).status_code == 404


# --- jobs and home -----------------------------------------------------------------------------
def test_background_work_is_shown_to_operations_only():
    assert desk(Role.OPERATIONS).get(reverse("admin:jobs")).status_code == 200
    assert desk(Role.BRANCH_MANAGER, make_unit()).get(reverse("admin:jobs")).status_code == 403


def test_operations_put_a_given_up_delivery_back():
    from brokerage.journal.models import Delivery

    entry = records.entry(make_unit(), None)
    dead = Delivery.objects.create(
        entry=entry,
        subscriber="tests.nobody",
        subject_type=entry.subject_type,
        subject_ref=entry.subject_ref,
        version=1,
        state="dead",
        attempts=9,
        last_error="ValueError",
    )
    form = {"what": "delivery", "number": dead.pk}
    desk(Role.AUDITOR).post(reverse("admin:retry_job"), form)
    dead.refresh_from_db()
    assert dead.state == "dead"

    desk(Role.OPERATIONS).post(reverse("admin:retry_job"), form)

    dead.refresh_from_db()
    assert dead.state == "pending"
    assert Entry.objects.filter(kind="backoffice.job_retried").count() == 1


def test_the_home_says_for_whom_one_acts():
    outlet = make_unit()
    head, deputy = staff(Role.BRANCH_MANAGER, outlet), staff(Role.OPERATIONS, outlet)
    StaffAssignment.objects.create(
        user=deputy,
        unit=outlet,
        role=Role.BRANCH_MANAGER,
        valid_from=clock.today(),
        valid_to=clock.today() + timedelta(days=9),
        acting=True,
        acting_for=head,
    )

    page = desk_of(deputy).get(reverse("admin:index")).content.decode()

    assert f"Acting for {head.display_name} until" in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", [Role.BRANCH_MANAGER, Role.HEAD_OFFICE, Role.ADMINISTRATOR])
def test_the_home_opens_for_everybody(role, language):
    client = desk(role)
    client.cookies["language"] = language
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
