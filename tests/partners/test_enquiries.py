"""An institution introduces itself to a desk: a task with a clock, a stage, an answer."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from brokerage.core import clock, scope
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.home import at_desks, settling
from partners.models import Enquiry, PartnerEvent
from partners.retention import answered_enquiries
from partners.states import EnquiryStatus, EventKind
from partners.use_cases.enquiries import UnableToMoveEnquiry, move_enquiry, take_at_desk
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import a_partner, an_api, an_enquiry
from tests.products.factories import a_desk_member, approve
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
NEED = "拟发行十亿元公司债，请安排路演前的沟通。"
CONTACT = {"name": "陈立新", "phone": "0579-8231 0001"}


def body(**values):
    given = {"partner_reference": "e-1", "desk": "banking", "need": NEED, "contact": CONTACT}
    return json.dumps(given | values)


def test_an_enquiry_becomes_a_task_of_the_named_manager_and_its_stage_is_read():
    manager, other = staff(Role.PARTNER_MANAGER), staff(Role.PARTNER_MANAGER)
    api = an_api(a_partner(manager=manager))
    made = api.post("enquiries", body(), "k")
    told = made.json()
    assert (made.status_code, told["status"], told["answer"]) == (201, "received", None)
    assert told["stage"]["due_on"] is not None
    (task,) = settling(manager, clock.now())
    assert (task.due_at is not None, "investment banking" in str(task.title)) == (True, True)
    assert list(settling(other, clock.now())) == []
    desk, row = desk_of(manager), Enquiry.objects.get()
    url = f"/admin/partners/enquiry/{row.ref}/"
    page = desk.get(f"{url}change/").content.decode()
    assert NEED not in page
    assert CONTACT["name"] not in page
    desk.post(f"{url}act/take/")
    assert api.get(f"enquiries/{row.ref}").json()["status"] == "taken"
    desk.post(f"{url}act/go-on/", {"answer": "投行部李经理将在两日内联系。"})
    told = api.get(f"enquiries/{row.ref}").json()
    assert (told["status"], told["stage"]["due_on"]) == ("at_desk", None)
    assert told["answer"] == "投行部李经理将在两日内联系。"
    assert list(settling(manager, clock.now())) == []
    events = PartnerEvent.objects.filter(kind=EventKind.ENQUIRY_CHANGED)
    assert list(events.order_by("number").values_list("object_version", flat=True)) == [2, 3]
    assert "陈立新" not in str(list(Entry.objects.values_list("payload", "reason")))


def test_the_desks_at_head_office_have_the_task_too():
    an_enquiry()
    assert len(list(settling(staff(Role.HEAD_OFFICE), clock.now()))) == 1


def handed_over(**values):
    row = an_enquiry(**values)
    return move_enquiry(
        enquiry=row,
        status=EnquiryStatus.AT_DESK,
        by=make_staff_user(),
        at=clock.now(),
        answer="已转交。",
    )


def test_what_was_handed_to_a_desk_is_its_task_until_somebody_there_takes_it():
    row = handed_over()
    officer, colleague = staff(Role.HEAD_OFFICE), staff(Role.HEAD_OFFICE)
    (task,) = at_desks(officer, clock.now())
    assert str(row.ref) in task.url
    assert list(at_desks(staff(Role.PARTNER_MANAGER), clock.now())) == []
    browser, url = desk_of(officer), f"/admin/partners/enquiry/{row.ref}/"
    assert browser.get(f"{url}reveal/contact_name/").status_code == 403
    browser.post(f"{url}act/desk/")
    row.refresh_from_db()
    assert row.desk_by_ref == officer.ref
    assert list(at_desks(colleague, clock.now())) == []
    purpose = {"purpose": "contact", "reason": "机构咨询 2026-7 回电"}
    for field, shown in (("contact_name", row.contact_name), ("need", row.need)):
        assert shown in browser.post(f"{url}reveal/{field}/", purpose).content.decode()
    other = desk_of(colleague)
    assert other.get(f"{url}reveal/contact_name/").status_code == 403
    assert f"{url}reveal/" not in other.get(f"{url}change/").content.decode()
    with pytest.raises(UnableToMoveEnquiry):
        take_at_desk(enquiry=row, by=colleague, at=clock.now())
    assert Entry.objects.filter(kind="partners.enquiry_taken", subject_ref=row.ref).exists()


def test_a_desk_that_named_its_people_has_it_alone():
    row = handed_over(desk="custody")
    member, other = staff(Role.HEAD_OFFICE), staff(Role.HEAD_OFFICE)
    approve(a_desk_member(member, "custody"))
    assert len(list(at_desks(member, clock.now()))) == 1
    assert list(at_desks(other, clock.now())) == []
    with pytest.raises(UnableToMoveEnquiry):
        take_at_desk(enquiry=row, by=other, at=clock.now())
    take_at_desk(enquiry=row, by=member, at=clock.now())


def test_only_what_was_handed_to_a_desk_is_taken_there():
    row = an_enquiry()
    with pytest.raises(UnableToMoveEnquiry):
        take_at_desk(enquiry=row, by=staff(Role.HEAD_OFFICE), at=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Enquiry.objects.filter(pk=row.pk).update(desk_by_ref=row.ref, desk_at=clock.now())


def test_the_institution_hears_nothing_of_who_took_it():
    partner = a_partner()
    row = handed_over(partner=partner)
    api = an_api(partner)
    before = api.get(f"enquiries/{row.ref}").json()
    take_at_desk(enquiry=row, by=staff(Role.HEAD_OFFICE), at=clock.now())
    assert api.get(f"enquiries/{row.ref}").json() == before


def test_neither_need_nor_contact_is_told_back():
    partner = a_partner()
    row = an_enquiry(partner)
    told = an_api(partner).get(f"enquiries/{row.ref}").content.decode()
    assert row.need not in told
    assert row.contact_name not in told


def test_the_same_reference_is_used_once_and_the_same_key_makes_one():
    api = an_api()
    first = api.post("enquiries", body(), "k")
    again = api.post("enquiries", body(), "k")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert api.post("enquiries", body(), "other").json()["code"] == "conflict"
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"desk": "casino"}, "/desk"),
        ({"need": ""}, "/need"),
        ({"need": "x" * 2001}, "/need"),
        ({"contact": {"name": "陈立新"}}, "/contact"),
        ({"contact": CONTACT | {"phone": "<script>"}}, "/contact/phone"),
        ({"contact": CONTACT | {"email": "nobody"}}, "/contact/email"),
        ({"status": "at_desk"}, "/status"),
    ],
)
def test_a_wrong_field_is_pointed_at(changed, pointer):
    answer = an_api().post("enquiries", body(**changed), "k")
    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_an_enquiry_ends_once_and_with_words():
    row, person = an_enquiry(), make_staff_user()

    def step(status, answer=""):
        return move_enquiry(enquiry=row, status=status, by=person, at=clock.now(), answer=answer)

    with pytest.raises(UnableToMoveEnquiry):
        step(EnquiryStatus.DECLINED, " ")
    later = clock.now() + timedelta(days=1)
    assert not answered_enquiries(later).exists()
    step(EnquiryStatus.DECLINED, "暂不开展此类业务。")
    assert answered_enquiries(later).exists()
    for status in EnquiryStatus:
        with pytest.raises(UnableToMoveEnquiry):
            step(status, "x")


def test_enquiries_of_others_do_not_exist():
    row, other = an_enquiry(), an_api(a_partner("乙"))
    assert other.get(f"enquiries/{row.ref}").status_code == 404
    assert other.get("enquiries").json()["data"] == []
    assert not scope.visible(Enquiry, staff(Role.PARTNER_MANAGER)).exists()


def test_the_list_is_filtered_by_its_states():
    partner = a_partner()
    an_enquiry(partner)
    api = an_api(partner)
    assert len(api.get("enquiries", {"status": "received,taken"}).json()["data"]) == 1
    assert api.get("enquiries", {"status": "declined"}).json()["data"] == []
