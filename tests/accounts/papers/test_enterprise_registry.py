"""The registry of enterprises: asked about organisations alone, compared, shown, and obeyed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.evidence.verification import verify
from accounts.gateways import Person, sandbox
from accounts.gateways.enterprises import (
    EnterpriseAnswer,
    EnterpriseQuestion,
    judged,
    read_enterprise,
)
from accounts.models import Application, OutsideCheck, ReviewSkill
from accounts.review.dated import routing_terms
from accounts.review.enterprise import enterprise_of
from accounts.review.looking import look_at
from accounts.review.page import panel
from accounts.review.risks import RiskFacts, risks_of
from accounts.review.states import Risk, Skill
from accounts.states import Status, Verdict
from accounts.use_cases import claim_review, propose_verdict, submit_application
from accounts.use_cases.automatic_checks import take_check
from accounts.use_cases.decide_application import UnableToDecide, approve_application
from accounts.use_cases.outside_checks import ask
from brokerage.core import clock
from brokerage.core.roles import sync_roles
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, a_complete_draft, a_reviewer
from tests.accounts.papers.factories import EN
from tests.accounts.papers.test_organisations import ORGANISATION, assessed, code_of, sent
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
BODY = Person("金华示例（华东）贸易有限公司", "credit_code", code_of())
ASKED = EnterpriseQuestion(BODY, "郑明远")


@pytest.fixture(autouse=True)
def _roles(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sync_roles()
    monkeypatch.setattr(sandbox, "SLOW_SECONDS", 0)


def submitted(sequence: str) -> tuple[Application, OutsideCheck]:
    """An organisation of this scenario that is sent, and the question about it, asked once."""
    ready = assessed(sent(id_number=code_of(sequence)))
    row = submit_application(application=ready, actor=ACTOR, at=clock.now())
    check = OutsideCheck.objects.get(application=row, kind=CheckKind.REGISTRY)
    return row, ask(check=check, at=clock.now())


@pytest.mark.parametrize(
    ("sequence", "result", "status"),
    [
        ("MP0", CheckResult.MATCH, Status.SUBMITTED),
        ("901", CheckResult.MISMATCH, Status.RETURNED),
        ("902", CheckResult.NOT_FOUND, Status.RETURNED),
        ("903", CheckResult.MATCH, Status.SUBMITTED),
        ("909", CheckResult.ENDED, Status.SUBMITTED),
    ],
)
def test_what_the_registry_says_is_kept_and_what_the_licence_mends_comes_back(
    sequence: str, result: CheckResult, status: Status
):
    row, check = submitted(sequence)
    assert (check.status, check.result) == (CheckStatus.ANSWERED, result)
    told = Entry.objects.get(kind="accounts.check_answered", payload__of_kind="registry")
    assert told.payload["result"] == result
    assert "郑明远" not in str(told.payload)
    take_check(check=check, at=clock.now())
    row.refresh_from_db()
    assert row.status == status
    assert row.returned_steps == (["identity"] if status == Status.RETURNED else [])


def test_the_customer_reads_what_to_bring_and_is_led_to_an_outlet():
    row, check = submitted("901")
    take_check(check=check, at=clock.now())
    user = row.customer.user
    assert user is not None
    phone = sign_in(Client(headers=EN), user)
    page = phone.get(reverse("accounts:step", args=[row.ref, "identity"])).content.decode()
    assert "Bring the licence that is valid today." in page
    assert f"subject={row.ref}&amp;step=identity" in page, "an appointment for exactly this step"


def test_a_registry_that_is_down_delays_its_own_answer_only_and_the_customer_reads_so():
    row, check = submitted("904")
    assert (check.status, check.last_problem) == (CheckStatus.ASKED, "sandbox")
    user = row.customer.user
    assert user is not None
    phone = sign_in(Client(headers=EN), user)
    page = phone.get(row.get_absolute_url()).content.decode()
    line = page.partition("Registry of enterprises")[2].partition("</div>")[0]
    assert "We ask again" in line
    others = OutsideCheck.objects.filter(application=row).exclude(kind=CheckKind.REGISTRY)
    assert set(others.values_list("attempts", flat=True)) == {0}, "nobody waits for it"


def test_nobody_approves_what_is_no_longer_in_business():
    row, _check = submitted("909")
    first, second = a_reviewer(), a_reviewer()
    for each in (first, second):
        ReviewSkill.objects.create(user=each, skill=Skill.BODIES, valid_from=clock.today())
    at = clock.now()
    taken = claim_review(application=row, officer=first, at=at)
    proposed = propose_verdict(application=taken, officer=first, verdict=Verdict.APPROVE, at=at)
    with pytest.raises(UnableToDecide, match="no longer in business"):
        approve_application(application=proposed, officer=second, at=at)


def test_the_desk_sees_only_what_differs():
    row, _check = submitted("901")
    on = clock.today()
    look = look_at(row, on=on, terms=routing_terms(on))
    assert Risk.REGISTRY_DIFFERS in look.risks
    shown = panel(row, look, at=clock.now())["enterprise"]
    (line,) = shown.differing
    assert (line.written, line.registered) == ("郑明远", "样本人")
    assert (shown.standing, shown.founded) == ("In business", "2016-05-18")


def test_the_page_of_the_desk_shows_the_comparison():
    row, _check = submitted("901")
    officer = a_reviewer()
    ReviewSkill.objects.create(user=officer, skill=Skill.BODIES, valid_from=clock.today())
    desk = sign_in(Client(headers=EN), officer, stepped_up=True)
    url = reverse("admin:accounts_application_change", args=[row.ref])
    page = desk.get(url).content.decode()
    assert "The registry of enterprises knows it otherwise" in page
    assert "样本人" in page


def test_of_a_person_no_registry_of_enterprises_is_asked():
    row = submit_application(
        application=a_complete_draft(at=clock.now()), actor=ACTOR, at=clock.now()
    )
    assert not row.outside_checks.filter(kind=CheckKind.REGISTRY).exists()


def record(**changes: Any) -> dict[str, Any]:
    said = {"result": "found", "standing": "in_business", "name": BODY.name}
    return {**said, "representative": "郑明远", **changes}


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (record(), "match"),
        (record(name="金华示例(华东) 贸易有限公司"), "match"),
        (record(name="金华样本贸易有限公司"), "mismatch"),
        (record(representative="钱晓岚"), "mismatch"),
        (record(standing="struck_off", representative="钱晓岚"), "ended"),
        (record(standing="revoked"), "ended"),
        (record(standing="suspended"), "ended"),
        ({"result": "not_found"}, "not_found"),
    ],
)
def test_a_record_is_held_against_the_licence_here(said: dict[str, Any], result: str):
    assert read_enterprise(said, ASKED).result == result
    assert "郑明远" not in str(ASKED.to_wire()), "the representative does not leave the house"


def test_what_the_registry_does_not_tell_is_no_difference():
    told = asdict(EnterpriseAnswer("match", "in_business", BODY.name, "郑明远"))
    shown = enterprise_of(ORGANISATION, told)
    assert shown is not None
    assert shown.differing == []
    assert enterprise_of(ORGANISATION, {}) is None
    assert enterprise_of(ORGANISATION, asdict(EnterpriseAnswer("not_found"))) is None
    assert judged(ASKED, "in_business", BODY.name, "郑明远") == "match"


def test_a_routing_from_before_the_registry_was_asked_is_computed_as_it_was():
    before = RiskFacts(checks={}, paper="business_licence", seen=True)
    assert Risk.REGISTRY_OPEN not in risks_of(before)
    asked = RiskFacts(checks={}, paper="business_licence", seen=True, looked_up=True)
    assert Risk.REGISTRY_OPEN in risks_of(asked)


def test_the_evidence_of_an_organisation_holds_the_registrys_answer():
    row, check = submitted("MP0")
    found = [each.problem for each in verify(row) if each.part == "identity"]
    assert not {"out_of_business", "answer_changed", "not_in_journal"} & set(found)
    ended = {**check.facts, "result": "ended", "standing": "struck_off"}
    check.answer = json.dumps(ended, ensure_ascii=False)
    check.save()
    found = [each.problem for each in verify(row) if each.part == "identity"]
    assert "answer_changed" in found
    OutsideCheck.objects.filter(pk=check.pk).update(result="ended")
    found = [each.problem for each in verify(row) if each.part == "identity"]
    assert {"out_of_business", "not_in_journal"} <= set(found)
