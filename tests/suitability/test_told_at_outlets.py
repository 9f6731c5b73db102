"""Notices at an outlet are recorded before anything goes on; online the trace is enough."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.files import api as files
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule
from suitability.files import seen_by
from suitability.models import Disclosure, DoubleRecording, InvestorStatus, StatusRequest
from suitability.retention import unsent_requests
from suitability.rules.grades import ProfessionalKind
from suitability.selectors.rules import recording_duty_on
from suitability.states import DisclosureStatus, RecordingAbout, RequestStatus
from suitability.use_cases.asking_status import (
    UnableToAsk,
    accept_risk,
    explain_protections,
    send_request,
)
from suitability.use_cases.at_outlets import Counter
from suitability.use_cases.deciding_status import (
    UnableToDecideStatus,
    confirm_decision,
)
from suitability.use_cases.disclosing import (
    UnableToDisclose,
    accept_points,
    acknowledge_five,
    begin_disclosure,
    confirm_disclosure,
    show_points,
)
from suitability.use_cases.duties import DutyOpen, require_told
from suitability.use_cases.ending_status import UnableToStepBack, give_up_status
from suitability.use_cases.recordings import redo_chapter
from tests.branches.factories import make_staff
from tests.reference.factories import make_rule
from tests.suitability.factories import ACTOR, AT, BOLD, a_confirmed_assessment
from tests.suitability.outlets import MINUTE, Outlet
from tests.suitability.professional import (
    CONVERSION_FACTS,
    a_test,
    an_application,
    an_examined_application,
    prove,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = AT + 3 * MINUTE
FIVE, HIGH_RISK = RecordingAbout.FIVE_ITEMS, RecordingAbout.HIGH_RISK
CONVERSION, STEP_BACK = RecordingAbout.CONVERSION, RecordingAbout.STEP_BACK


@pytest.fixture
def outlet() -> Outlet:
    return Outlet()


def recorded(outlet: Outlet, subject: Any, about: RecordingAbout, at: Any = AT) -> DoubleRecording:
    """A recording that passed."""
    return outlet.checked(outlet.whole(outlet.begun(subject, about=about, at=at)))


def told(outlet: Outlet, grade: str = "R3") -> Disclosure:
    """The five items of something that suits, given out at the outlet."""
    return begin_disclosure(
        decision=outlet.decision(grade),
        language="zh-hans",
        actor=ACTOR,
        at=AT,
        counter=outlet.counter,
    )


def test_the_five_items_go_on_at_an_outlet_only_with_a_recording_that_passed(
    outlet: Outlet,
) -> None:
    row = told(outlet)
    given: dict[str, Any] = {"row": row, "text": row.text, "actor": ACTOR, "at": LATER}
    with pytest.raises(UnableToDisclose, match="no recording yet"):
        acknowledge_five(**given)
    recording = outlet.whole(outlet.begun(row.record, about=FIVE))
    with pytest.raises(UnableToDisclose, match="has not passed"):
        acknowledge_five(**given)
    outlet.checked(recording, script=False)
    with pytest.raises(UnableToDisclose, match="has not passed"):
        acknowledge_five(**given)
    with pytest.raises(DutyOpen):
        require_told(decision=row.record, at=LATER)
    recorded(outlet, row.record, FIVE)
    assert acknowledge_five(**given).status == DisclosureStatus.DONE
    require_told(decision=row.record, at=LATER)
    call_command("replay_decisions", stdout=StringIO())


def test_online_the_trace_is_enough_and_there_is_nothing_to_record(outlet: Outlet) -> None:
    row = begin_disclosure(decision=outlet.decision("R3"), language="en", actor=ACTOR, at=AT)
    with pytest.raises(UnableToRecord, match="nothing to record"):
        outlet.begun(row.record, about=FIVE)
    assert acknowledge_five(row=row, text=row.text, actor=ACTOR, at=LATER).done_at == LATER


def test_a_high_risk_sale_that_matches_needs_both_recordings_at_an_outlet(outlet: Outlet) -> None:
    a_confirmed_assessment(outlet.customer, BOLD, at=AT + MINUTE, changed="more experience")
    row = told(outlet, "R5")
    assert row.special
    recorded(outlet, row.record, FIVE)
    row = acknowledge_five(row=row, text=row.text, actor=ACTOR, at=LATER)
    row = show_points(row=row, extra="savings", actor=ACTOR, at=LATER)
    row = accept_points(row=row, text=row.special_text, actor=ACTOR, at=LATER + MINUTE)
    end: dict[str, Any] = {"row": row, "actor": ACTOR, "at": AT + DAY + 5 * MINUTE}
    with pytest.raises(UnableToDisclose, match="no recording yet"):
        confirm_disclosure(**end)
    recorded(outlet, row.record, HIGH_RISK)
    assert confirm_disclosure(**end).status == DisclosureStatus.DONE


def test_what_has_to_be_recorded_is_a_dated_rule(outlet: Outlet) -> None:
    assert recording_duty_on(AT.date()).required == {FIVE, HIGH_RISK, CONVERSION, STEP_BACK}
    row = told(outlet)
    duty = Rule.objects.in_force("suitability.recording_duty", AT.date())
    make_rule(
        AT,
        key=duty.key,
        value={"required": ["high_risk"], "scripts": duty.value["scripts"]},
        valid_from=AT.date() + DAY,
    )
    given: dict[str, Any] = {"row": row, "text": row.text, "actor": ACTOR}
    with pytest.raises(UnableToDisclose, match="no recording yet"):
        acknowledge_five(**given, at=LATER)
    assert acknowledge_five(**given, at=LATER + DAY).status == DisclosureStatus.DONE


def test_nobody_tells_elsewhere_or_themselves_and_a_row_names_place_and_person(
    outlet: Outlet,
) -> None:
    decision = outlet.decision("R3")
    given: dict[str, Any] = {"decision": decision, "language": "en", "actor": ACTOR, "at": AT}
    elsewhere = Outlet("+8613900670002")
    mixed = Counter(place=elsewhere.unit, served_by=outlet.officer)
    with pytest.raises(UnableToDisclose, match="at this outlet"):
        begin_disclosure(**given, counter=mixed)
    seller = make_staff(Role.ADVISER, outlet.unit)
    with pytest.raises(UnableToDisclose, match="at this outlet"):
        begin_disclosure(**given, counter=Counter(place=outlet.unit, served_by=seller))
    row = begin_disclosure(**given, counter=outlet.counter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=row.pk).update(served_by=None)


def a_conversion(outlet: Outlet) -> StatusRequest:
    """An application of the outlet's customer, nothing explained yet."""
    return an_application(outlet.customer, ProfessionalKind.CONVERTED)


def explained(outlet: Outlet, request: StatusRequest) -> StatusRequest:
    """Explained at the outlet and accepted there."""
    row = explain_protections(request=request, actor=ACTOR, at=AT, counter=outlet.counter)
    return accept_risk(request=row, text=row.text, actor=ACTOR, at=AT + MINUTE * 2)


def complete(request: StatusRequest) -> None:
    """Everything but the recording."""
    prove(request, dict(CONVERSION_FACTS))
    a_test(request)


def sent(request: StatusRequest, at: Any = LATER) -> StatusRequest:
    return send_request(request=request, purpose="想参与", extra="有三年经验", actor=ACTOR, at=at)


def test_a_conversion_that_was_explained_at_an_outlet_is_sent_and_granted_with_its_recording(
    outlet: Outlet,
) -> None:
    request = explained(outlet, a_conversion(outlet))
    complete(request)
    with pytest.raises(UnableToAsk, match="no recording yet"):
        sent(request)
    recorded(outlet, request, CONVERSION)
    with pytest.raises(UnableToAsk, match="recorded already"):
        explain_protections(request=request, actor=ACTOR, at=LATER, counter=outlet.counter)
    request = sent(request)
    assert request.status == RequestStatus.SUBMITTED
    assert granted(request).status == RequestStatus.GRANTED
    entry = Entry.objects.filter(kind="suitability.recording_begun").get()
    assert entry.payload["decision"] == str(request.ref)


def test_a_recording_that_lost_a_file_stops_the_grant(outlet: Outlet) -> None:
    request = explained(outlet, a_conversion(outlet))
    complete(request)
    chapter = recorded(outlet, request, CONVERSION).chapters.all()[0]
    request = sent(request)
    kept = files.StoredFile.objects.get(ref=str(chapter.file_ref))
    files.dispose(file=kept, actor=ACTOR, at=AT, reason="tests")
    with pytest.raises(UnableToDecideStatus, match="chapter of the recording is missing"):
        granted(request)


def test_a_customer_who_reads_it_online_after_all_needs_no_recording(outlet: Outlet) -> None:
    request = explained(outlet, a_conversion(outlet))
    complete(request)
    row = explain_protections(request=request, actor=ACTOR, at=LATER)
    assert (row.channel, row.place, row.served_by) == ("online", None, None)
    row = accept_risk(request=row, text=row.text, actor=ACTOR, at=LATER + 2 * MINUTE)
    assert sent(row, LATER + 3 * MINUTE).status == RequestStatus.SUBMITTED


def test_a_recording_keeps_its_application_as_long_as_itself(outlet: Outlet) -> None:
    request = explained(outlet, a_conversion(outlet))
    assert list(unsent_requests(AT + DAY)) == [request]
    recorded(outlet, request, CONVERSION)
    assert list(unsent_requests(AT + DAY)) == []


def test_only_a_conversion_is_explained_at_an_outlet(outlet: Outlet) -> None:
    request = an_application(outlet.customer)
    with pytest.raises(UnableToAsk, match="Only a conversion"):
        explain_protections(request=request, actor=ACTOR, at=AT, counter=outlet.counter)


def test_the_way_back_at_an_outlet_is_recorded_and_online_stays_open(outlet: Outlet) -> None:
    request = explained(outlet, a_conversion(outlet))
    complete(request)
    recorded(outlet, request, CONVERSION)
    request = granted(sent(request))
    notice: dict[str, Any] = {"customer": outlet.customer, "actor": ACTOR, "at": LATER}
    with pytest.raises(UnableToStepBack, match="no recording yet"):
        give_up_status(**notice, counter=outlet.counter)
    recording = outlet.whole(outlet.begun(request, about=STEP_BACK))
    with pytest.raises(UnableToStepBack, match="has not passed"):
        give_up_status(**notice, counter=outlet.counter)
    with transaction.atomic():
        assert give_up_status(**notice).ended_on == AT.date()  # on their own phone, at any time
        transaction.set_rollback(True)
    outlet.checked(recording)
    assert give_up_status(**notice, counter=outlet.counter).ended_on == AT.date()
    assert not InvestorStatus.objects.in_force(AT.date()).exists()


def test_who_explained_it_does_not_check_the_recording(outlet: Outlet) -> None:
    request = explained(outlet, a_conversion(outlet))
    recording = outlet.whole(outlet.begun(request, about=CONVERSION))
    outlet.checker = outlet.officer
    with pytest.raises(UnableToRecord, match="does not check"):
        outlet.checked(recording)
    again = redo_chapter(chapter=recording.chapters.all()[0], staff=outlet.officer, at=LATER)
    assert again.recording.request == request


def test_the_outlet_sees_how_an_application_stands_but_neither_income_nor_proofs(
    outlet: Outlet,
) -> None:
    request = explained(outlet, a_conversion(outlet))
    complete(request)
    assert outlet.customer.ref not in set(seen_by(outlet.officer))
    assert outlet.customer.ref in set(seen_by(make_staff(Role.COMPLIANCE)))
    url = reverse("admin:suitability_statusrequest_change", args=[request.ref])
    page = sign_in(Client(headers={"Accept-Language": "en"}), outlet.officer).get(url)
    told = page.content.decode()
    assert page.status_code == 200
    assert "Begin the double recording" in told
    assert "3,500,000" not in told
    assert "evidence" not in told.lower()


def granted(request: StatusRequest) -> StatusRequest:
    """Examined by one officer and confirmed by another."""
    row = an_examined_application(request, at=LATER)
    return confirm_decision(request=row, officer=make_staff(Role.COMPLIANCE), at=LATER)
