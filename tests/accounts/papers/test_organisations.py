"""Organisations: the licence, who acts and who owns, the tax type, screening of all of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from stdnum.cn import uscc

from accounts.evidence.verification import missing_evidence
from accounts.facts import facts_of
from accounts.forms.entity_tax import EntityTaxForm
from accounts.models import Application, OutsideCheck, ReviewSkill, Sighting, WatchHit
from accounts.papers.dated import owner_share, paper_terms
from accounts.papers.kinds import LICENCE, documents_of, person_of
from accounts.papers.people import Related, owner_problem, related
from accounts.papers.states import Hold
from accounts.review.dated import routing_terms
from accounts.review.looking import look_at
from accounts.review.originals import original_of
from accounts.review.states import Risk, Skill
from accounts.rules.sections import lacking
from accounts.states import SectionStatus, Status, Step, Verdict
from accounts.use_cases import (
    UnableToReview,
    UnableToSubmit,
    approve_application,
    claim_review,
    propose_verdict,
    submit_application,
)
from accounts.use_cases.load_watch_list import Listed
from accounts.use_cases.screening import screen_application
from brokerage.core import clock
from brokerage.core.roles import sync_roles
from brokerage.core.templatetags.portal_forms import is_optional
from brokerage.customers.models import IdType, Kind
from suitability.content import paper_for
from suitability.rules.sheets import asked
from suitability.use_cases import confirm_class, start_assessment, submit_assessment
from tests.accounts.aml.factories import a_release
from tests.accounts.factories import ACTOR, a_complete_draft, a_draft, a_reviewer, after_approval
from tests.accounts.papers.factories import (
    EN,
    at_counter,
    confirm,
    filmed,
    keep,
    number,
    page_of,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def code_of(sequence: str = "MP0") -> str:
    """An invented credit code; three places choose a sandbox scenario, as in identity numbers."""
    body = f"91330702MA2EXA{sequence}"
    return body + str(uscc.calc_check_digit(body))


CODE = code_of()
PICTURES = {"front": str(UUID(int=1)), "mandate": str(UUID(int=2))}
ORGANISATION = {
    "paper": LICENCE.value,
    "name": "金华示例（华东）贸易有限公司",
    "id_number": CODE,
    "nature": "company",
    "scope": "日用百货批发",
    "address": "浙江省金华市婺城区示例街 18 号",
    "office": "浙江省金华市婺城区示例街 88 号",
    "id_issuer": "金华市市场监督管理局",
    "id_valid_from": "2019-01-31",
    "id_long_term": "on",
    "representative_name": "郑明远",
    "representative_number": number("330702", "19750603", 7),
    "agent_name": "钱晓岚",
    "agent_number": number("330702", "19900921", 6),
    "agent_until": "2099-12-31",
    "owner_1_name": "郑明远",
    "owner_1_number": number("330702", "19750603", 7),
    "owner_1_hold": "share",
    "owner_1_share": "60",
    "owner_2_name": "Jean Martin",
    "owner_2_paper": "foreign_passport",
    "owner_2_number": "19AB81799",
    "owner_2_hold": "share",
    "owner_2_share": "40",
}


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


def looks() -> list[str]:
    terms = paper_terms(LICENCE, clock.today())
    assert terms is not None
    return [str(each) for each in terms.looks]


def entered(draft: Application | None = None, **changes: Any) -> tuple[Any, Any]:
    desk, release = at_counter(draft, pictures=PICTURES)
    return keep(desk, release, {**ORGANISATION, "looks": looks(), **changes}), release


def test_staff_enter_licence_and_people_and_the_agent_confirms():
    answer, release = entered()
    assert answer.status_code == 302, answer.context["form"].errors
    row = Application.objects.get(pk=release.application.pk)
    section = row.sections.get(step=Step.IDENTITY)
    assert section.status == SectionStatus.ENTERED, lacking(Step.IDENTITY, section.answers)
    assert row.is_organisation
    assert row.customer.kind == Kind.ORGANISATION
    seen = Sighting.objects.get()
    assert seen.looks == looks()
    assert [one.role for one in related(section.answers)] == [
        "representative",
        "agent",
        "owner_1",
        "owner_2",
    ]
    assert list(documents_of(section.answers)) == [(IdType.CREDIT_CODE, CODE)]
    assert person_of(section.answers).name == ORGANISATION["name"]
    user = row.customer.user
    assert user is not None
    phone = sign_in(Client(headers=EN), user)
    page = phone.get(reverse("accounts:step", args=[row.ref, "identity"])).content.decode()
    for told in ("郑明远", "Jean Martin", "Holds a share", CODE):
        assert told in page
    confirm(row)
    assert row.sections.get(step=Step.IDENTITY).status == SectionStatus.COMPLETE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_number": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "id_number"),
        ({"agent_number": "123"}, "agent_number"),
        ({"owner_2_number": "!"}, "owner_2_number"),
        ({"agent_until": "2020-01-01"}, "agent_until"),
        ({"owner_2_share": "20"}, "owner_1_name"),
        ({"owner_2_share": "50"}, "owner_1_name"),
        ({"owner_2_hold": "manages", "owner_2_share": ""}, "owner_1_name"),
        ({"looks": ["original"]}, "looks"),
    ],
)
def test_what_does_not_fit_stands_beside_its_field_and_nothing_is_lost(changes, field):
    page, release = entered(**changes)
    assert page.context["form"].errors[field]
    section = release.application.sections.get(step=Step.IDENTITY)
    assert section.status == SectionStatus.INCOMPLETE
    assert section.answers["owner_1_name"] == "郑明远"
    assert not Sighting.objects.exists()


def test_the_page_marks_only_what_may_stay_empty():
    page, _release = entered(looks=[])
    form = page.context["form"]
    assert not any(is_optional(form[name]) for name in ("front", "name", "agent_name", "looks"))
    assert is_optional(form["owner_3_name"])


def test_of_owners_the_page_asks_for_one_more_than_was_named():
    page, release = entered(looks=[])
    assert "owner_5_name" in page.context["form"].fields
    assert "owner_6_name" not in page.context["form"].fields
    five = {
        f"owner_{n}_{part}": value
        for n in range(1, 6)
        for part, value in (("name", f"董事{n}"), ("hold", "manages"), ("share", ""))
    }
    five |= {f"owner_{n}_number": number("330702", "19750603", n) for n in range(1, 6)}
    five["owner_2_paper"] = "resident_id"
    desk = sign_in(Client(headers=EN), release.helper, stepped_up=True)
    keep(desk, release, {**ORGANISATION, **five})
    assert "owner_6_name" in desk.get(page_of(release)).context["form"].fields
    sixth = {"owner_6_name": "陆知远", "owner_6_hold": "manages"}
    sixth["owner_6_number"] = number("330702", "19750603", 6)
    done = keep(desk, release, {**ORGANISATION, **five, **sixth, "looks": looks()})
    assert done.status_code == 302, done.context["form"].errors
    row = Application.objects.get(pk=release.application.pk)
    answers = row.sections.get(step=Step.IDENTITY).answers
    assert [one.name for one in related(answers)][-1] == "陆知远"
    a_release(Listed("1", "陆知远"))
    screen_application(application=row, at=clock.now())
    assert WatchHit.objects.get().customer_name == "陆知远"


def owner(hold: str, share: str | None = None) -> Related:
    held = None if share is None else Decimal(share)
    return Related("owner_1", "郑明远", "resident_id", "", hold, held)


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ([], "nobody"),
        ([owner(Hold.SHARE, "25")], ""),
        ([owner(Hold.SHARE, "24.99")], "too_small"),
        ([owner(Hold.SHARE)], "too_small"),
        ([owner(Hold.SHARE, "60"), owner(Hold.SHARE, "60")], "too_much"),
        ([owner(Hold.CONTROL)], ""),
        ([owner(Hold.MANAGES)], ""),
        ([owner(Hold.MANAGES), owner(Hold.CONTROL)], "managers_only_last"),
    ],
)
def test_the_three_tests_of_a_beneficial_owner(named, problem):
    assert owner_problem(named, owner_share(clock.today())) == problem


def test_an_organisation_answers_no_questions_about_a_person():
    _answer, release = entered()
    row = Application.objects.get(pk=release.application.pk)
    from accounts.rules import steps

    asked = [step for step, _done in steps(facts_of(row))]
    assert Step.PROFILE not in asked
    assert Step.ASSESSMENT in asked


def test_the_tax_type_is_asked_and_of_a_passive_one_who_controls_it():
    _answer, release = entered()
    row = Application.objects.get(pk=release.application.pk)

    def form(**given: str) -> EntityTaxForm:
        return EntityTaxForm(
            {"residence": "china", "declares": "on", "version": "0", **given},
            application=row,
            section=None,
            at=clock.now(),
        )

    active = form(entity_type="active", us_person="no")
    assert active.is_valid(), active.errors
    assert lacking(Step.TAX, dict(active.values())) == []
    passive = form(entity_type="passive", us_person="no")
    assert passive.is_valid()
    assert lacking(Step.TAX, dict(passive.values())) == ["controlling"]
    nothing = form()
    assert nothing.is_valid()
    assert lacking(Step.TAX, dict(nothing.values())) == ["entity_type", "us_person"]
    abroad = form(entity_type="active", us_person="no", residence="abroad", country_1="FR")
    assert abroad.is_valid(), abroad.errors
    assert lacking(Step.TAX, dict(abroad.values()))[:2] == ["name_latin", "address_latin"]


def sent(**changes: Any) -> Application:
    """An organisation that signed, with everything but its paper on risk."""
    draft = a_complete_draft(at=clock.now())
    draft.sections.filter(step__in=[Step.IDENTITY, Step.PROFILE]).delete()
    answer, release = entered(draft, **changes)
    assert answer.status_code == 302, answer.context["form"].errors
    return filmed(confirm(Application.objects.get(pk=release.application.pk)), release)


def test_a_persons_risk_assessment_does_not_count_for_an_organisation():
    row = sent()
    with pytest.raises(UnableToSubmit) as refused:
        submit_application(application=row, actor=ACTOR, at=clock.now())
    assert refused.value.steps == (Step.ASSESSMENT,)


def assessed(row: Application) -> Application:
    """The paper on risk for organisations, with the first answer everywhere, confirmed."""
    at = clock.now()
    paper = start_assessment(
        customer=row.customer,
        key=paper_for(row.customer),
        actor=ACTOR,
        at=at,
        changed="改由机构开户",
    )
    questions = asked(paper.questionnaire.paper)
    paper.keep({question.key: [question.options[0].key] for question in questions})
    paper.save(update_fields=["answers"])
    submit_assessment(assessment=paper, language="zh-hans", actor=ACTOR, at=at)
    confirm_class(assessment=paper, actor=ACTOR, at=at)
    return Application.objects.get(pk=row.pk)


def test_two_people_who_have_learned_it_bring_it_to_an_active_account():
    ready, (first, second) = assessed(sent()), (a_reviewer(), a_reviewer())
    at = clock.now()  # after the agreements: what was sent before them proves nothing
    row = submit_application(application=ready, actor=ACTOR, at=at)
    with pytest.raises(UnableToReview):
        claim_review(application=row, officer=first, at=at)
    for each in (first, second):
        ReviewSkill.objects.create(user=each, skill=Skill.BODIES, valid_from=clock.today())
    taken = claim_review(application=row, officer=first, at=at)
    proposed = propose_verdict(
        application=taken, officer=first, verdict=Verdict.APPROVE, refusal=None, at=at
    )
    approved = approve_application(application=proposed, officer=second, at=at)
    active = after_approval(approved, Status.ACTIVE, at=at)
    assert active.status == Status.ACTIVE
    assert missing_evidence(active) == []
    assert not OutsideCheck.objects.filter(kind__in=["identity", "face"]).exists()


def test_everybody_behind_it_is_screened():
    a_release(Listed("1", "Jean Martin"))
    _answer, release = entered()
    row = Application.objects.get(pk=release.application.pk)
    screen_application(application=row, at=clock.now())
    hit = WatchHit.objects.get()
    assert (hit.customer, hit.customer_name) == (row.customer, "Jean Martin")


def test_the_desk_sees_who_acts_who_owns_and_that_two_have_to_look():
    _answer, release = entered()
    row = Application.objects.get(pk=release.application.pk)
    on = clock.today()
    look = look_at(row, on=on, terms=routing_terms(on))
    assert Risk.ORGANISATION in look.risks
    assert not {Risk.IDENTITY_OPEN, Risk.FACE_OPEN, Risk.NOT_SEEN} & set(look.risks)
    shown = original_of(look)
    assert shown is not None
    assert shown.is_seen
    told = " ".join(value for _label, value in shown.lines)
    assert "Jean Martin" in told
    assert "40 %" in told
    assert ORGANISATION["agent_number"] not in told, "masked"
    assert not OutsideCheck.objects.exists()


def test_online_an_organisation_is_led_to_an_appointment():
    draft = a_draft(at=clock.now())
    user = draft.customer.user
    assert user is not None
    phone = sign_in(Client(headers=EN), user)
    page = phone.post(
        reverse("accounts:step", args=[draft.ref, "identity"]),
        {"paper": LICENCE.value, "id_number": CODE, "version": "0"},
    )
    assert page.context["meets"]
    assert page.context["form"].errors["paper"]
