"""Suggestions and complaints of institutions with their clocks; filters of lists."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.home import settling
from partners.models import PartnerEvent, Remark
from partners.retention import answered_remarks
from partners.states import EventKind
from partners.use_cases.remarks import UnableToAnswerRemark, answer_remark
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import a_partner, a_remark, an_api
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
WORDS = "贵部客户经理张先生三次失约。"


def body(**values):
    return json.dumps({"partner_reference": "r-1", "kind": "complaint", "text": WORDS} | values)


def test_a_remark_is_sent_read_and_answered():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    api = an_api(partner)
    made = api.post("remarks", body(), "k")
    assert (made.status_code, made.json()["status"]) == (201, "open")
    assert api.post("remarks", body(), "k2").json()["code"] == "conflict"
    (task,) = settling(manager, clock.now())
    assert task.due_at is not None
    desk, row = desk_of(manager), Remark.objects.get()
    url = f"/admin/partners/remark/{row.ref}/"
    assert WORDS not in desk.get(f"{url}change/").content.decode()
    desk.post(f"{url}act/answer/", {"answer": "已致歉并更换客户经理。"})
    told = api.get(f"remarks/{row.ref}").json()
    assert (told["status"], told["answer"]) == ("answered", "已致歉并更换客户经理。")
    assert PartnerEvent.objects.get(kind=EventKind.REMARK_ANSWERED).object_version == 2
    assert "张先生" not in str(list(Entry.objects.values_list("payload", "reason")))


def test_a_complaint_is_answered_before_a_suggestion_that_came_with_it():
    partner = a_partner()
    complaint = a_remark(partner, kind="complaint")
    assert complaint.due_on < a_remark(partner, kind="suggestion").due_on


def test_no_second_answer_and_none_without_words():
    remark, person = a_remark(), make_staff_user()
    with pytest.raises(UnableToAnswerRemark):
        answer_remark(remark=remark, answer=" ", by=person, at=clock.now())
    assert not answered_remarks(clock.now() + timedelta(days=1)).exists()
    answer_remark(remark=remark, answer="x", by=person, at=clock.now())
    assert answered_remarks(clock.now() + timedelta(days=1)).exists()
    with pytest.raises(UnableToAnswerRemark):
        answer_remark(remark=remark, answer="x", by=person, at=clock.now())


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"kind": "praise"}, "/kind"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 2001}, "/text"),
        ({"status": "answered"}, "/status"),
    ],
)
def test_a_wrong_field_is_pointed_at(changed, pointer):
    answer = an_api().post("remarks", body(**changed), "k")
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_remarks_of_others_do_not_exist():
    ref, other = a_remark().ref, an_api(a_partner("乙"))
    assert other.get(f"remarks/{ref}").status_code == 404
    assert other.get("remarks").json()["data"] == []


def test_lists_are_filtered_by_known_words_and_instants_only():
    partner = a_partner()
    api, remark = an_api(partner), a_remark(partner)
    assert len(api.get("remarks", {"status": "open"}).json()["data"]) == 1
    assert api.get("remarks", {"status": "answered"}).json()["data"] == []
    assert [row["ref"] for row in api.get("remarks").json()["data"]] == [str(remark.ref)]
    later = (clock.now() + timedelta(days=1)).isoformat()
    assert api.get("applications", {"updated_since": later}).json()["data"] == []
    for path, wrong in (
        ("remarks", {"status": "lost"}),
        ("applications", {"status": "active"}),
        ("applications", {"updated_since": "yesterday"}),
        ("applications", {"updated_since": "2026-02-30T00:00:00Z"}),
    ):
        assert api.get(path, wrong).json()["code"] == "invalid-parameter"
