"""Answers that need a conversation: they stop online, and an outlet can finish the step."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from accounts.facts import facts_of
from accounts.models import Application, CaseRelease
from accounts.review.dated import routing_terms
from accounts.review.looking import look_at
from accounts.review.states import Risk, RiskClass
from accounts.selectors import section_of
from accounts.states import SectionStatus, Step
from branches.visits.views.asked import asked_by
from brokerage.core import clock
from brokerage.core.roles import sync_roles
from tests.accounts.answers import PROFILE
from tests.accounts.counter.factories import an_open_case
from tests.accounts.factories import a_complete_draft, a_draft
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_unit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
TALKED = {
    "industry_staff": ("yes", {"industry_note": "某证券公司，研究员"}, Risk.INDUSTRY),
    "controls": ("no", {"beneficiary_note": "母亲 王某，身份证 33…，已看原件"}, Risk.OTHERS_MONEY),
    "benefits": (
        "other",
        {"beneficiary_note": "母亲 王某，身份证 33…，已看原件"},
        Risk.OTHERS_MONEY,
    ),
}


@pytest.fixture
def case() -> CaseRelease:
    sync_roles()
    return an_open_case(a_draft(at=clock.now()), outlet=make_unit(), at=clock.now())


def at_counter(case: CaseRelease, **changed: str) -> SectionStatus | None:
    """What staff enter in the profile; where the section stands afterwards."""
    assert case.helper is not None
    page = f"/admin/accounts/application/case/{case.ref}/profile/"
    section = section_of(case.application, Step.PROFILE)
    version = str(section.version if section else 0)
    desk_of(case.helper).post(page, {**PROFILE, **changed, "version": version})
    found = section_of(Application.objects.get(), Step.PROFILE)
    return SectionStatus(found.status) if found else None


@pytest.mark.parametrize("field", TALKED)
def test_the_answer_stops_online_and_is_finished_at_an_outlet(
    case: CaseRelease, field: str
) -> None:
    answer, notes, risk = TALKED[field]
    customer = case.application.customer.user
    assert customer is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), customer)
    url = f"/open/{case.application.ref}/profile/"
    online = phone.post(url, {**PROFILE, field: answer, "version": "0"})
    assert "This step goes on at an outlet" in online.content.decode()
    assert section_of(case.application, Step.PROFILE).status == SectionStatus.INCOMPLETE  # type: ignore[union-attr]  # there is one

    assert at_counter(case, **{field: answer}) == SectionStatus.INCOMPLETE, "a note is needed"
    assert at_counter(case, **{field: answer}, **notes) == SectionStatus.ENTERED
    shown = phone.get(url).content.decode()
    assert next(iter(notes.values())) in shown, "the customer sees what was written down"
    section = section_of(case.application, Step.PROFILE)
    assert section is not None
    phone.post(url, {"version": str(section.version)})
    fresh = Application.objects.get()
    assert Step.PROFILE in facts_of(fresh).done
    on = clock.today()
    look = look_at(fresh, on=on, terms=routing_terms(on))
    assert risk in look.risks
    assert look.risk == RiskClass.HIGH, "two people decide"


def test_the_customer_may_correct_something_else_afterwards(case: CaseRelease) -> None:
    note = {"industry_note": "某证券公司，研究员"}
    assert at_counter(case, industry_staff="yes", **note) == SectionStatus.ENTERED
    customer = case.application.customer.user
    assert customer is not None
    phone = sign_in(Client(), customer)
    url = f"/open/{case.application.ref}/profile/?correct=1"
    section = section_of(case.application, Step.PROFILE)
    assert section is not None
    given = {**PROFILE, "industry_staff": "yes", "income": "from_300k"}
    phone.post(url, {**given, "version": str(section.version)})
    after = section_of(Application.objects.get(), Step.PROFILE)
    assert after is not None
    assert after.status == SectionStatus.COMPLETE
    assert after.answers["industry_note"] == note["industry_note"]
    phone.post(url, {**PROFILE, "version": str(after.version)})
    last = section_of(Application.objects.get(), Step.PROFILE)
    assert last is not None
    assert "industry_note" not in last.answers, "the answer is gone, and so is its note"


def test_an_outlet_is_offered_only_for_steps_that_it_can_finish() -> None:
    draft = a_complete_draft()
    user = draft.customer.user
    assert user is not None
    phone = sign_in(Client(), user)
    offer = "purpose=finish_step"
    assert offer in phone.get(f"/open/{draft.ref}/profile/").content.decode()
    for step in ("consents", "passwords", "agreements"):
        page = phone.get(f"/open/{draft.ref}/{step}/")
        assert page.status_code == 200, step
        assert offer not in page.content.decode()
    booking = f"/visits/new/?{offer}&subject={draft.ref}&step="
    asked = [
        asked_by(RequestFactory().get(f"{booking}{step}")) for step in ("profile", "consents")
    ]
    assert [one.step for one in asked] == ["profile", ""], "booking leaves out what no outlet does"
