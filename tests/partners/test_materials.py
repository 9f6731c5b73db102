"""Approved materials: four eyes, one version in force, withdrawn at once, the file by the API."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock, scope
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.files.use_cases.check_file import check
from brokerage.journal.models import Entry
from partners.models import Contract, Material, PartnerEvent
from partners.states import EventKind, MaterialState, PartnerStatus
from partners.use_cases import set_partner_status
from partners.use_cases.materials import UnableToPropose, UnableToWithdraw, withdraw_material
from tests.backoffice.factories import desk_of, staff
from tests.files.factories import jpeg, pdf
from tests.partners.factories import ACTOR, a_contract, a_material, a_partner, an_api
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def days(**ahead: int):
    """First and last day as so many days from today."""
    today = business_date(clock.now())
    return {name: today + timedelta(days=number) for name, number in ahead.items()}


def states_of(api):
    return {row["number"]: row["status"] for row in api.get("materials").json()["data"]}


def test_a_manager_proposes_another_person_approves_and_the_institution_reads_it():
    manager, office = staff(Role.PARTNER_MANAGER), staff(Role.HEAD_OFFICE)
    partner = a_partner(manager=manager)
    api = an_api(partner)
    desk_of(manager).post(
        "/admin/partners/material/add/",
        {
            "partner": partner.pk,
            "code": "autumn-poster",
            "title": "秋季开户海报",
            "contract": "",
            "opinion_number": "合规〔2026〕31号",
            "valid_from": days(valid_from=0)["valid_from"].isoformat(),
            "valid_to": days(valid_to=30)["valid_to"].isoformat(),
            "upload": SimpleUploadedFile("p.pdf", pdf(), "application/pdf"),
        },
    )
    row = Material.objects.get()
    assert (row.version, row.decision) == (1, Decision.PENDING)
    assert api.get("materials").json()["data"] == []
    assert api.get(f"materials/{row.ref}").status_code == 404
    with pytest.raises(FourEyesRefused, match="not checked yet"):
        approve(row, office)
    check(ref=row.file.ref, at=clock.now())
    with pytest.raises(FourEyesRefused):
        approve(row, manager)
    approve(row, office)
    told = api.get(f"materials/{row.ref}").json()
    assert (told["status"], told["file"]["type"], told["number"]) == (
        "in_force",
        "application/pdf",
        1,
    )
    assert PartnerEvent.objects.get().kind == EventKind.MATERIAL_RELEASED
    assert Entry.objects.filter(kind="partners.material_approved", subject_ref=partner.ref)


def approve(row, checker):
    return decide(
        model=Material, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=clock.now()
    )


def test_the_file_comes_as_it_was_checked_and_in_parts():
    partner = a_partner()
    row = a_material(partner)
    api = an_api(partner)
    whole = api.get(f"materials/{row.ref}/file")
    assert (whole.status_code, whole["Content-Type"]) == (200, "application/pdf")
    assert b"".join(whole) == pdf()
    part = api.get(f"materials/{row.ref}/file", Range="bytes=0-3")
    assert (part.status_code, b"".join(part)) == (206, b"%PDF")
    beyond = api.get(f"materials/{row.ref}/file", Range="bytes=9999-")
    assert (beyond.status_code, beyond.json()["code"]) == (400, "invalid-parameter")


def test_of_an_image_the_clean_copy_is_told_and_handed_out():
    partner = a_partner()
    row = a_material(partner, upload=io.BytesIO(jpeg()))
    api = an_api(partner)
    told = api.get("materials").json()["data"][0]["file"]
    sent = b"".join(api.get(f"materials/{row.ref}/file"))
    assert (told["type"], told["bytes"]) == ("image/jpeg", len(sent))


def test_a_withdrawn_material_is_gone_at_once_and_no_older_version_comes_back():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    first, second = a_material(partner), a_material(partner)
    api = an_api(partner)
    assert states_of(api) == {2: "in_force", 1: "superseded"}
    desk_of(manager).post(
        f"/admin/partners/material/{second.ref}/act/withdraw/", {"reason": "收益表述不当"}
    )
    assert states_of(api) == {2: "withdrawn", 1: "superseded"}
    for row in (first, second):
        answer = api.get(f"materials/{row.ref}/file")
        assert (answer.status_code, answer.json()["code"]) == (410, "material-gone")
    assert api.get(f"materials/{second.ref}").json()["file"] is None
    assert PartnerEvent.objects.get(kind=EventKind.MATERIAL_WITHDRAWN).object_ref == second.ref
    with pytest.raises(UnableToWithdraw):
        withdraw_material(material=second, reason="x", by=make_staff_user(), at=clock.now())
    a_material(partner)
    assert states_of(api)[3] == "in_force"


def test_a_version_gives_way_on_the_first_day_of_the_next():
    partner = a_partner()
    a_material(partner)
    a_material(partner, **days(valid_from=3, valid_to=60))
    now = clock.now()
    for later, wanted in (
        (timedelta(0), {1: "in_force", 2: "scheduled"}),
        (3 * DAY, {1: "superseded", 2: "in_force"}),
        (60 * DAY, {1: "superseded", 2: "expired"}),
    ):
        rows = Material.objects.standing(now + later)
        assert dict(rows.values_list("version", "state")) == wanted


def test_the_tag_of_a_material_changes_with_its_state():
    partner = a_partner()
    row, api = a_material(partner), an_api(partner)
    tag = api.get(f"materials/{row.ref}")["ETag"]
    assert api.get(f"materials/{row.ref}", **{"If-None-Match": tag}).status_code == 304
    withdraw_material(material=row, reason="x", by=make_staff_user(), at=clock.now())
    assert api.get(f"materials/{row.ref}", **{"If-None-Match": tag}).status_code == 200


def test_what_is_bound_to_a_contract_ends_with_it_and_what_is_not_goes_on():
    partner = a_partner()
    contract = Contract.objects.get(partner=partner)
    a_material(partner, contract=contract, code="bound")
    a_material(partner, code="free")
    later = clock.now() + 2 * DAY
    Contract.objects.filter(pk=contract.pk).update(**days(valid_to=1))
    a_contract(partner, valid_from=days(valid_from=1)["valid_from"])
    rows = Material.objects.standing(later)
    assert dict(rows.values_list("code", "state")) == {
        "bound": MaterialState.EXPIRED,
        "free": MaterialState.IN_FORCE,
    }


def test_the_page_of_the_institution_says_which_version_is_in_force():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    for _version in range(2):
        a_material(partner)
    page = desk_of(manager).get(f"/admin/partners/partner/{partner.ref}/change/")
    text = page.content.decode()
    assert "秋季开户海报 2" in text
    assert "秋季开户海报 1" not in text


def test_a_suspended_institution_gets_nothing_from_the_next_request_on():
    partner = a_partner()
    row, api = a_material(partner), an_api(partner)
    set_partner_status(
        partner=partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
    )
    assert api.get(f"materials/{row.ref}/file").status_code == 401


def test_materials_of_others_do_not_exist():
    row, other = a_material(a_partner("甲")), an_api(a_partner("乙"))
    for path in ("", "/file"):
        assert other.get(f"materials/{row.ref}{path}").status_code == 404
    assert other.get("materials").json()["data"] == []
    assert not scope.visible(Material, staff(Role.PARTNER_MANAGER)).exists()


def test_lists_are_filtered_by_known_states_only():
    partner = a_partner()
    a_material(partner)
    api = an_api(partner)
    assert len(api.get("materials", {"status": "in_force"}).json()["data"]) == 1
    assert api.get("materials", {"status": "withdrawn,expired"}).json()["data"] == []
    assert api.get("materials", {"status": "lost"}).json()["code"] == "invalid-parameter"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"upload": io.BytesIO(b"MZ no poster")}, "upload"),
        ({"code": "no code"}, "code"),
        ({"title": ""}, "title"),
        ({"opinion_number": ""}, "opinion_number"),
        ({"valid_to": None}, "__all__"),
        (days(valid_from=-9, valid_to=-1), "valid_to"),
        (days(valid_from=9, valid_to=1), "__all__"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(changed, field):
    with pytest.raises(UnableToPropose) as refused:
        a_material(**changed)
    assert field in refused.value.errors
    assert not Material.objects.exists()


def test_a_contract_of_another_institution_binds_nothing():
    other = Contract.objects.get(partner=a_partner("甲"))
    with pytest.raises(UnableToPropose) as refused:
        a_material(a_partner("乙"), contract=other)
    assert "contract" in refused.value.errors


def test_what_was_approved_and_withdrawn_never_changes():
    row = a_material()
    withdraw_material(material=row, reason="x", by=make_staff_user(), at=clock.now())
    for change in (
        lambda: Material.objects.update(title="别的"),
        lambda: Material.objects.all().delete(),
        lambda: row.withdrawal.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nothing_is_withdrawn_before_it_was_approved():
    with pytest.raises(UnableToWithdraw):
        withdraw_material(
            material=a_material(decided=False), reason="x", by=make_staff_user(), at=clock.now()
        )
