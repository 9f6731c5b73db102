"""The page of the desk: what a reviewer reads, the photos, and the acts behind its buttons."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from accounts.evidence.states import CheckKind, CheckResult
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application
from accounts.selectors import section_of
from accounts.states import Lack, SectionStatus, Status, Step
from accounts.use_cases import route_review
from branches.models import OrgUnit
from brokerage.core.roles import Role, sync_roles
from brokerage.files.storage import LocalStorage, set_storage
from brokerage.journal.models import Entry
from tests.accounts.factories import AT, an_application
from tests.accounts.review.factories import a_clear_one, answered, readings
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.files.factories import checked, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(tmp_path: Path) -> Iterator[None]:
    sync_roles()
    set_storage(LocalStorage(tmp_path / "files"))
    yield
    set_storage(None)


@pytest.fixture
def outlet() -> OrgUnit:
    return make_unit()


def page_of(application: Application, part: str = "change/") -> str:
    return f"/admin/accounts/application/{application.ref}/{part}"


def reviewer(outlet: OrgUnit) -> Client:
    return desk_of(staff(Role.REVIEWER, outlet))


def with_photo(application: Application) -> str:
    """A checked photo of the front; its ref stands in the section."""
    file = checked(jpeg((900, 600)), owner=application.ref, purpose=IDENTITY_DOCUMENT)
    section = section_of(application, Step.IDENTITY)
    assert section is not None
    section.values = str(section.values).replace(section.answers["front"], str(file.ref))
    section.save()
    return str(file.ref)


def test_it_shows_what_differs_and_not_what_agrees(outlet: OrgUnit) -> None:
    application = an_application(outlet=outlet)
    answered(application, {CheckKind.IDENTITY: CheckResult.MISMATCH})
    readings(application, name="江映血")
    page = reviewer(outlet).get(page_of(application)).content.decode()
    assert "··雪" in page
    assert "··血" in page
    assert "江映雪" not in page
    assert "The police registry knows this number otherwise" in page
    assert "5 fields need no eyes" in page


def test_who_does_not_review_sees_where_it_stands_and_no_more(outlet: OrgUnit) -> None:
    application = an_application(outlet=outlet)
    client = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    page = client.get(page_of(application)).content.decode()
    assert "What needs your eyes" not in page
    assert client.get(page_of(application, f"photo/{uuid4()}/")).status_code == 403


def test_a_photo_is_watermarked_and_the_look_is_in_the_journal(outlet: OrgUnit) -> None:
    application = an_application(outlet=outlet)
    ref = with_photo(application)
    client = reviewer(outlet)
    assert f"photo/{ref}/" in client.get(page_of(application)).content.decode()
    answer = client.get(page_of(application, f"photo/{ref}/"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    assert io.BytesIO(answer.content).read(2) == b"\xff\xd8"
    assert Entry.objects.filter(kind="files.file_served").exists()


def test_a_photo_of_others_or_none_is_not_there(outlet: OrgUnit) -> None:
    application, other = an_application(outlet=outlet), uuid4()
    ref = with_photo(application)
    assert reviewer(outlet).get(page_of(application, f"photo/{other}/")).status_code == 404
    assert reviewer(make_unit()).get(page_of(application, f"photo/{ref}/")).status_code == 404


def test_the_most_urgent_one_is_taken_and_approved_alone(outlet: OrgUnit) -> None:
    application = route_review(application=a_clear_one(outlet), at=AT, draw=0)
    client = reviewer(outlet)
    taken = client.post("/admin/accounts/application/take/")
    assert taken["Location"] == page_of(application)
    assert "One reviewer is enough" in client.get(page_of(application)).content.decode()
    client.post(page_of(application, "act/alone/"))
    application.refresh_from_db()
    assert application.status == Status.APPROVED
    again = client.post("/admin/accounts/application/take/", follow=True)
    assert "Nothing waits for you now." in again.content.decode()


def test_each_step_is_sent_back_with_its_own_reason(outlet: OrgUnit) -> None:
    application = an_application(outlet=outlet)
    client = reviewer(outlet)
    client.post(page_of(application, "act/claim/"))
    empty = client.post(page_of(application, "act/return/"), {"note": "请补充"})
    assert "Name the steps" in empty.content.decode()
    assert "请补充" in empty.content.decode(), "nothing typed is lost"
    reasons = {"lack_identity": Lack.UNREADABLE, "lack_profile": Lack.UNCLEAR}
    client.post(page_of(application, "act/return/"), reasons)
    application.refresh_from_db()
    assert application.status == Status.RETURNED
    told = dict(application.sections.values_list("step", "lack"))
    assert (told["identity"], told["profile"], told["tax"]) == ("unreadable", "unclear", "")
    rest = application.sections.get(step=Step.TAX)
    assert rest.status == SectionStatus.IN_REVIEW


def test_no_id_stands_twice_on_the_page(outlet: OrgUnit) -> None:
    desk = reviewer(outlet)
    application = an_application(outlet=outlet)
    desk.post(page_of(application, "act/claim/"))
    page = desk.get(page_of(application)).content.decode()
    assert "propose_reason" in page
    assert "pause_reason" in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert [one for one, times in Counter(ids).items() if times > 1] == []
