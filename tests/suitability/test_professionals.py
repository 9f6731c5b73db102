"""Becoming a professional investor, staying one, and going back; and what it changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.files.models import StoredFile
from brokerage.files.states import Status
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from suitability.handlers import tell_of_decision
from suitability.models import InvestorStatus, KnowledgeTest, Outcome, StatusRequest
from suitability.professional_events import StatusGranted
from suitability.replaying import status_differences
from suitability.retention import (
    forget_requests,
    forget_statuses,
    old_requests,
    old_statuses,
    unsent_requests,
)
from suitability.rules.classes import kinds_for
from suitability.rules.grades import ProfessionalKind
from suitability.rules.matching import MatchDecision, MatchInputs
from suitability.selectors.investor import investor_of, investors_of
from suitability.states import RequestStatus
from suitability.use_cases.asking_status import (
    UnableToAsk,
    accept_risk,
    ask_for_status,
    explain_protections,
    send_request,
    withdraw_request,
)
from suitability.use_cases.deciding_status import (
    Found,
    UnableToDecideStatus,
    confirm_decision,
    examine_request,
    look_again,
    return_request,
)
from suitability.use_cases.ending_status import (
    UnableToStepBack,
    give_up_status,
    remind_of_ends,
)
from suitability.use_cases.knowledge_tests import begin_test, send_test
from suitability.use_cases.proving_status import give_proof, remove_proof
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer
from tests.suitability.factories import ACTOR, ANSWERS, AT, a_confirmed_assessment
from tests.suitability.matching import a_decision, a_graded_item
from tests.suitability.professional import (
    CONVERSION_FACTS,
    PERSON_FACTS,
    READ,
    a_file,
    a_professional,
    a_sent_application,
    a_test,
    an_application,
    an_examined_application,
    an_organisation,
    answers_of,
    as_claimed,
    explained,
    prove,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
ON, DAY = business_date(AT), timedelta(days=1)
YEAR_END = date(2025, 12, 31)
LOWEST = ANSWERS | {"loss": ["none"], "goal": ["keep"]}
_numbers = count(1)


def somebody() -> Any:
    return a_customer(f"+861380033{next(_numbers):04d}")


def send(request: StatusRequest, at: Any = AT + READ, extra: str = "") -> StatusRequest:
    return send_request(request=request, purpose="想参与更多品种", extra=extra, actor=ACTOR, at=at)


# the whole way


@pytest.mark.parametrize("kind", kinds_for(person=True))
def test_a_person_becomes_professional_by_two_officers(kind: ProfessionalKind) -> None:
    customer = somebody()
    done = a_professional(customer, kind)
    assert done.status == RequestStatus.GRANTED
    assert done.examined_by != done.decided_by
    found = investor_of(customer, ON)
    assert found.professional is kind
    assert found.professional_until == date(2028, 3, 2)
    assert [facts for _key, facts in investors_of([customer.pk], ON)] == [found]
    assert list(status_differences(StatusRequest.objects.all())) == []
    call_command("replay_decisions", stdout=StringIO())


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (ProfessionalKind.LICENSED, {"licence": None}),
        (ProfessionalKind.PRODUCT, {"product_filing": None}),
        (ProfessionalKind.STATUS, {"special_status": None}),
        (
            ProfessionalKind.ORGANISATION,
            {
                "net_assets": Decimal(20_000_000),
                "financial_assets": Decimal(10_000_000),
                "investing_months": Decimal(24),
            },
        ),
        (
            ProfessionalKind.CONVERTED,
            {
                "net_assets": Decimal(10_000_000),
                "financial_assets": Decimal(5_000_000),
                "investing_months": Decimal(12),
            },
        ),
    ],
)
def test_an_organisation_becomes_professional(
    kind: ProfessionalKind, facts: dict[str, Decimal | None]
) -> None:
    customer = an_organisation(somebody())
    a_professional(customer, kind, facts, day=YEAR_END)
    assert investor_of(customer, ON).professional is kind


def test_the_journal_tells_each_step_without_amounts_or_reasons() -> None:
    done = a_professional(somebody(), ProfessionalKind.CONVERTED)
    entries = list(Entry.objects.filter(subject_ref=done.ref))
    kinds = {each.kind.removeprefix("suitability.") for each in entries}
    assert kinds == {
        "status_asked",
        "protections_explained",
        "risk_accepted",
        "proof_given",
        "knowledge_tested",
        "status_sent",
        "status_examined",
        "status_granted",
    }
    told = " ".join(f"{each.payload}{each.reason}" for each in entries)
    assert "资料齐全" not in told
    assert "3500000" not in told


# matching


def test_a_professional_matches_everything_without_duties_but_the_bars() -> None:
    customer = somebody()
    a_professional(customer)
    kept = a_decision(customer, a_graded_item("R5", type="derivatives"))
    assert kept.outcome == Outcome.MATCH
    assert MatchDecision.from_json(kept.result or "").duties == ()
    assert MatchInputs.from_json(kept.inputs or "").investor.professional is not None
    barred = a_decision(customer, a_graded_item("R5", requirements=["qualified"]))
    assert barred.outcome == Outcome.REFUSED


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=729)])
def test_the_lowest_class_stays_barred_though_professional_and_expired(later: Any) -> None:
    """Kind 5 needs no assessment, so the end of one must not lift the bar."""
    customer = somebody()
    a_confirmed_assessment(customer, LOWEST, at=AT - timedelta(days=20))
    a_professional(customer)
    kept = a_decision(customer, a_graded_item("R2"), at=AT + later)
    assert kept.outcome == Outcome.REFUSED
    ((_key, facts),) = investors_of([customer.pk], business_date(AT + later))
    assert facts.lowest


def test_the_lowest_class_cannot_convert() -> None:
    customer = somebody()
    a_confirmed_assessment(customer, LOWEST)
    with pytest.raises(UnableToAsk):
        a_sent_application(customer, ProfessionalKind.CONVERTED)


# what the customer does


def test_a_person_asks_for_no_kind_of_organisations() -> None:
    with pytest.raises(UnableToAsk):
        an_application(somebody(), ProfessionalKind.LICENSED)


def test_the_text_is_read_before_it_is_accepted_and_the_risk_before_it_is_sent() -> None:
    request = an_application(somebody())
    with pytest.raises(UnableToAsk):
        accept_risk(request=request, text=request.text, actor=ACTOR, at=AT)
    explain_protections(request=request, actor=ACTOR, at=AT)
    with pytest.raises(UnableToAsk):
        accept_risk(request=request, text=request.text, actor=ACTOR, at=AT + DAY / 86400)
    with pytest.raises(UnableToAsk):
        accept_risk(request=request, text="x@2020-01-01", actor=ACTOR, at=AT + READ)
    prove(request, dict(PERSON_FACTS))
    with pytest.raises(UnableToAsk):
        send(request)


def test_what_cannot_be_granted_is_not_sent_and_says_why() -> None:
    request = explained(an_application(somebody()))
    prove(request, {"financial_assets": Decimal(4_999_999), "investing_months": Decimal(24)})
    with pytest.raises(UnableToAsk, match="5,000,000"):
        send(request)


@pytest.mark.parametrize("left_out", ["test", "extra"])
def test_a_conversion_needs_each_step(left_out: str) -> None:
    customer = somebody()
    a_confirmed_assessment(customer)
    request = explained(an_application(customer, ProfessionalKind.CONVERTED))
    prove(request, dict(CONVERSION_FACTS))
    if left_out != "test":
        a_test(request)
    with pytest.raises(UnableToAsk):
        send(request, extra="" if left_out == "extra" else "没有负债")


def test_files_of_others_prove_nothing_and_there_is_a_limit() -> None:
    request = an_application(somebody())

    def give(refs: list[Any]) -> Any:
        return give_proof(
            request=request,
            fact="investing_months",
            amount=Decimal(30),
            as_of=ON,
            file_refs=refs,
            actor=ACTOR,
            at=AT,
        )

    with pytest.raises(UnableToAsk):
        give([a_file(somebody()).ref])
    assert len(give([a_file(request.customer).ref for _ in range(6)]).files) == 6
    with pytest.raises(UnableToAsk):
        give([a_file(request.customer).ref])


def test_a_proof_that_is_taken_out_takes_its_files_along_until_it_was_sent() -> None:
    request = an_application(somebody())
    prove(request, dict(PERSON_FACTS))
    file = a_file(request.customer)
    give_proof(
        request=request,
        fact="investing_months",
        amount=Decimal(30),
        as_of=ON,
        file_refs=[file.ref],
        actor=ACTOR,
        at=AT,
    )
    remove_proof(request=request, fact="investing_months", actor=ACTOR, at=AT)
    file.refresh_from_db()
    assert file.status == Status.DISPOSED


def test_after_sending_the_customer_changes_nothing_but_may_withdraw() -> None:
    request = a_sent_application(somebody())
    with pytest.raises(UnableToAsk):
        prove(request, {"investing_months": Decimal(48)})
    withdraw_request(request=request, actor=ACTOR, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusRequest.objects.filter(pk=request.pk).update(status="submitted")
    assert an_application(request.customer).pk != request.pk


# the test of knowledge


def test_tries_are_counted_over_the_day_and_a_passed_test_is_enough() -> None:
    customer = somebody()
    request = an_application(customer, ProfessionalKind.CONVERTED)
    assert not a_test(request, wrong=8).passed
    assert not a_test(request, wrong=2).passed
    with pytest.raises(UnableToAsk):
        begin_test(request=request, at=AT)
    passed = a_test(request, wrong=1, at=AT + DAY)
    assert (passed.passed, passed.score) == (True, 87)
    with pytest.raises(UnableToAsk):
        begin_test(request=request, at=AT + 2 * DAY)


def test_answers_that_were_not_asked_are_refused_and_a_sent_test_stays() -> None:
    request = an_application(somebody(), ProfessionalKind.CONVERTED)
    test = begin_test(request=request, at=AT)
    assert begin_test(request=request, at=AT).pk == test.pk
    right = answers_of(test)
    for answers in ({}, right | {"x": "y"}, right | {test.drawn[0]: "x"}):
        with pytest.raises(UnableToAsk):
            send_test(test=test, answers=answers, actor=ACTOR, at=AT)
    sent = send_test(test=test, answers=right, actor=ACTOR, at=AT)
    again = send_test(test=test, answers=answers_of(test, wrong=8), actor=ACTOR, at=AT)
    assert again.score == sent.score == 100
    with pytest.raises(IntegrityError), transaction.atomic():
        KnowledgeTest.objects.filter(pk=test.pk).update(score=1)


# what the officers do


def test_the_second_officer_is_another_person() -> None:
    first = make_staff(Role.COMPLIANCE)
    examined = an_examined_application(a_sent_application(somebody()), officer=first)
    for act in (confirm_decision, look_again):
        more = {"note": "再看一次"} if act is look_again else {}
        with pytest.raises(UnableToDecideStatus):
            act(request=examined, officer=first, at=AT, **more)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusRequest.objects.filter(pk=examined.pk).update(
            status="granted", decided_by=first, decided_at=AT, digest="x"
        )


def test_the_officer_finds_less_than_was_claimed() -> None:
    sent = a_sent_application(somebody())
    found = as_claimed(sent) | {
        "financial_assets": Found(accepted=True, amount=Decimal(4_000_000))
    }
    officer = make_staff(Role.COMPLIANCE)

    def examine(favourable: bool) -> StatusRequest:
        return examine_request(
            request=sent,
            found=found,
            favourable=favourable,
            reason="金融资产不足",
            officer=officer,
            at=AT,
        )

    with pytest.raises(UnableToDecideStatus, match="4,000,000"):
        examine(True)
    examine(False)
    done = confirm_decision(request=sent, officer=make_staff(Role.REVIEWER), at=AT)
    assert done.status == RequestStatus.REFUSED
    assert not InvestorStatus.objects.exists()
    assert list(status_differences([done])) == []


def test_every_proof_is_looked_at_in_a_file_that_opens() -> None:
    sent = a_sent_application(somebody())
    officer = make_staff(Role.COMPLIANCE)
    found = as_claimed(sent)
    given: dict[str, Any] = {"favourable": True, "reason": "齐全", "officer": officer, "at": AT}
    with pytest.raises(UnableToDecideStatus):
        examine_request(
            request=sent, found={"investing_months": found["investing_months"]}, **given
        )
    sent.proofs.update(files=[])
    with pytest.raises(UnableToDecideStatus):
        examine_request(request=sent, found=found, **given)


def test_sent_back_completed_and_sent_again() -> None:
    sent = a_sent_application(somebody())
    officer = make_staff(Role.COMPLIANCE)
    with pytest.raises(UnableToDecideStatus):
        return_request(request=sent, reason=" ", officer=officer, at=AT)
    back = return_request(request=sent, reason="缺少盖章页", officer=officer, at=AT)
    assert (back.status, back.reason) == (RequestStatus.RETURNED, "缺少盖章页")
    prove(back, {"investing_months": Decimal(40)})
    again = send(back, at=AT + DAY)
    assert (again.status, again.reason) == (RequestStatus.SUBMITTED, "")


def test_a_second_officer_who_does_not_agree_has_it_examined_anew() -> None:
    examined = an_examined_application(a_sent_application(somebody()))
    again = look_again(
        request=examined, note="流水只有半年", officer=make_staff(Role.COMPLIANCE), at=AT
    )
    assert (again.status, again.examined_by, again.favourable) == ("submitted", None, None)


def test_a_decision_that_was_touched_is_found() -> None:
    done = a_professional(somebody())
    done.result = "{}"
    done.save(update_fields=["result"])
    assert [each.why for each in status_differences([done])] != []


# the end


def test_a_notice_is_enough_and_the_protection_is_back_at_once() -> None:
    customer = somebody()
    a_professional(customer)
    ended = give_up_status(customer=customer, actor=ACTOR, at=AT + DAY)
    assert ended.ended_why == InvestorStatus.Why.NOTICE
    assert investor_of(customer, ON).professional is ProfessionalKind.PERSON
    assert investor_of(customer, ON + DAY).professional is None
    with pytest.raises(UnableToStepBack):
        give_up_status(customer=customer, actor=ACTOR, at=AT + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvestorStatus.objects.filter(pk=ended.pk).update(ended_on=None)


def test_a_licensed_institution_stays_professional() -> None:
    customer = an_organisation(somebody())
    a_professional(customer, ProfessionalKind.LICENSED, {"licence": None})
    with pytest.raises(UnableToStepBack):
        give_up_status(customer=customer, actor=ACTOR, at=AT)


def test_it_ends_by_itself_and_is_told_before_once_each() -> None:
    customer = somebody()
    a_professional(customer)
    until = InvestorStatus.objects.get().until
    assert investor_of(customer, until - DAY).professional is not None
    assert investor_of(customer, until).professional is None
    end = AT + timedelta(days=(until - ON).days)
    for days in (61, 60, 59, 15, 14, 13, 1, 0, -1, -9):
        remind_of_ends(at=end - timedelta(days=days))
    kinds = list(
        Message.objects.filter(user=customer.user)
        .order_by("pk")
        .values_list("text__kind", flat=True)
    )
    assert kinds == [
        "suitability.status_ends",
        "suitability.status_ends",
        "suitability.status_has_ended",
    ]


def test_it_is_renewed_near_its_end_and_not_before() -> None:
    customer = somebody()
    a_professional(customer)
    with pytest.raises(UnableToAsk):
        an_application(customer)
    near = AT + timedelta(days=700)
    a_professional(customer, at=near)
    old, new = InvestorStatus.objects.order_by("pk")
    assert (old.ended_on, old.ended_why) == (new.since, "renewed")
    assert investor_of(customer, new.since).professional_until == new.until


def test_the_customer_is_told_the_result_and_why() -> None:
    done = a_professional(somebody())
    entry = Entry.objects.get(kind=StatusGranted.kind, subject_ref=done.ref)
    event = StatusGranted(subject=done.ref, customer=done.customer.ref)
    tell_of_decision(event, entry)
    message = Message.objects.get(user=done.customer.user, text__kind=StatusGranted.kind)
    assert "资料齐全" in (message.context or "")


def test_what_was_never_sent_goes_with_its_files_and_what_was_decided_in_order() -> None:
    unsent = an_application(somebody())
    prove(unsent, {"investing_months": Decimal(30)})
    ref = unsent.proofs.get().files[0]
    assert forget_requests(unsent_requests(AT + DAY)) == 1
    assert not StatusRequest.objects.exists()
    assert StoredFile.objects.get(ref=ref).status == Status.DISPOSED
    a_professional(somebody())
    later = AT + timedelta(days=9000)
    assert list(old_requests(later)) == []  # a status rests on it
    assert forget_statuses(old_statuses(later)) == 1
    assert forget_requests(old_requests(later)) == 1


# two at once


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_once() -> None:
    examined = an_examined_application(a_sent_application(somebody()))
    officers = iter([make_staff(Role.COMPLIANCE), make_staff(Role.REVIEWER)])

    def decide() -> str:
        officer = next(officers)
        try:
            return str(confirm_decision(request=examined, officer=officer, at=AT).status)
        except UnableToDecideStatus:
            return "late"
        finally:
            connection.close()

    assert sorted(together(decide, times=2)) == ["granted", "late"]
    assert InvestorStatus.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_devices_send_and_begin_once() -> None:
    customer = somebody()
    request = explained(an_application(customer))
    prove(request, dict(PERSON_FACTS))

    def sends() -> str:
        try:
            return str(send(request).status)
        except UnableToAsk:
            return "late"
        finally:
            connection.close()

    assert sorted(together(sends, times=2)) == ["late", "submitted"]
    withdraw_request(request=request, actor=ACTOR, at=AT)

    def begins() -> str:
        try:
            ask_for_status(
                customer=customer,
                kind=ProfessionalKind.PERSON,
                language="en",
                actor=ACTOR,
                at=AT,
            )
        except UnableToAsk:
            return "late"
        finally:
            connection.close()
        return "begun"

    assert sorted(together(begins, times=2)) == ["begun", "late"]
