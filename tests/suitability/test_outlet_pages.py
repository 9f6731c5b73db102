"""The pages of an outlet and of the quality desk: the whole route, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from suitability.admin.recording_acts import ConsentForm
from suitability.models import (
    Disclosure,
    DoubleRecording,
    InsistCase,
    InvestorStatus,
    SaleFollowUp,
)
from suitability.rules.grades import ProfessionalKind
from suitability.states import DisclosureStatus, FollowUpStatus, InsistStatus, RecordingStatus
from suitability.use_cases.asking_status import send_request
from suitability.use_cases.deciding_status import confirm_decision
from suitability.use_cases.matching import decide_match
from tests.branches.factories import make_staff
from tests.suitability.factories import ACTOR
from tests.suitability.outlets import WEBM, Outlet, a_follow_up
from tests.suitability.professional import (
    CONVERSION_FACTS,
    a_test,
    an_application,
    an_examined_application,
    prove,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    return sign_in(Client(headers={"Accept-Language": "en"}), user)


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def act(client: Client, row: Any, key: str, **values: str) -> str:
    """Post an act on the page of a row; the page that follows."""
    url = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_act", args=[row.ref, key])
    answer = client.post(url, values, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


def go_on(spent: timedelta) -> None:
    """Let time go by."""
    clock.set_offset(clock._Clock.offset + spent)


def film(client: Client, recording: DoubleRecording) -> None:
    """Send a file for each chapter, as without a script."""
    for number, chapter in enumerate(recording.chapters.all()):
        go_on(timedelta(seconds=chapter.least_seconds))
        url = reverse(
            "admin:suitability_doublerecording_chapter", args=[recording.ref, chapter.ref]
        )
        video = SimpleUploadedFile("a.webm", WEBM + bytes([number]) * 2000, "video/webm")
        client.post(url, {"video": video})
    recording.refresh_from_db()


def test_a_wish_at_the_outlet_from_the_words_to_the_second_confirmation(
    on_monday: Any,
) -> None:
    outlet = Outlet()
    decision = decide_match(
        customer=outlet.customer,
        item=outlet.decision().item,
        language="zh-hans",
        actor=ACTOR,
        at=clock.now(),
    )
    officer, checker = signed_in(outlet.officer), signed_in(outlet.checker)
    kept = act(officer, decision, "insist", wish="I followed it for a year")
    assert "I followed it for a year" in kept
    assert not InsistCase.objects.exists()
    act(officer, decision, "insist", wish="I followed it for a year", own="on")
    case = InsistCase.objects.get()
    page = text(officer, reverse("admin:suitability_insistcase_change", args=[case.ref]))
    assert "特别风险警示书" in page
    act(officer, case, "acknowledge", warning=case.warning, read="on")
    assert case.status == InsistStatus.ACKNOWLEDGED
    assert "There is no recording" in act(officer, case, "confirm", again="on")

    page = text(officer, reverse("admin:suitability_insistcase_change", args=[case.ref]))
    consent = page.partition('name="consent" value="')[2].partition('"')[0]
    act(officer, case, "record", consent=consent, agreed="on")
    recording = DoubleRecording.objects.get()
    url = reverse("admin:suitability_doublerecording_record", args=[recording.ref])
    first = officer.get(url)
    assert "camera=(self)" in first.headers["Permissions-Policy"]
    assert " ".join(recording.chapters.all()[0].digits) in first.content.decode()
    assert checker.get(url).status_code == 403
    film(officer, recording)
    assert recording.status == RecordingStatus.COMPLETE

    good = {f"point_{key}": "yes" for key in ("person", "sound", "script", "answers")}
    missing = act(checker, recording, "check", **good, point_understood="no")
    assert "Write what is wrong" in missing
    assert "Passed" in act(checker, recording, "check", **good, point_understood="yes")
    deliver_pending()
    assert Message.objects.filter(dedupe_key__startswith="suitability.recording_passed:").exists()

    assert "30 minutes" in act(officer, case, "confirm", again="on")
    go_on(timedelta(minutes=30))
    act(signed_in(outlet.officer), case, "confirm", again="on")
    assert case.status == InsistStatus.CONFIRMED


GOOD = {f"point_{key}": "yes" for key in ("person", "sound", "script", "answers", "understood")}


def recorded(officer: Client, checker: Client, row: Any, key: str) -> None:
    """Begin, film and pass the recording that the page of `row` offers."""
    page = text(
        officer, reverse(f"admin:suitability_{row._meta.model_name}_change", args=[row.ref])
    )
    consent = page.partition('name="consent" value="')[2].partition('"')[0]
    act(officer, row, key, consent=consent, agreed="on")
    recording = DoubleRecording.objects.latest("pk")
    film(officer, recording)
    assert "Passed" in act(checker, recording, "check", **GOOD)


def test_the_five_items_at_the_outlet_from_the_decision_to_the_acknowledgement(
    on_monday: Any,
) -> None:
    outlet = Outlet()
    decision = decide_match(
        customer=outlet.customer,
        item=outlet.decision("R3").item,
        language="zh-hans",
        actor=ACTOR,
        at=clock.now(),
    )
    officer, checker = signed_in(outlet.officer), signed_in(outlet.checker)
    assert "Given out" in act(officer, decision, "before")
    row = Disclosure.objects.get()
    assert (row.place, row.served_by) == (outlet.unit, outlet.officer)
    page = text(officer, reverse("admin:suitability_disclosure_change", args=[row.ref]))
    assert "Record the five things" in page
    go_on(timedelta(minutes=2))
    read = {"text": row.text, "read": "on"}
    assert "There is no recording yet" in act(officer, row, "five", **read)
    recorded(officer, checker, row, "record_five")
    act(signed_in(outlet.officer), row, "five", **read)
    assert row.status == DisclosureStatus.DONE


def test_a_conversion_is_explained_at_the_outlet_and_the_way_back_taken_there(
    on_monday: Any,
) -> None:
    outlet = Outlet()
    now = clock.now()
    request = an_application(outlet.customer, ProfessionalKind.CONVERTED, at=now)
    officer, checker = signed_in(outlet.officer), signed_in(outlet.checker)
    assert "Given out" in act(officer, request, "explain")
    go_on(timedelta(minutes=2))
    assert "Written down" in act(officer, request, "accept", text=request.text, read="on")
    recorded(officer, checker, request, "record")
    prove(request, dict(CONVERSION_FACTS))
    a_test(request, at=clock.now())
    sent = send_request(request=request, purpose="x", extra="y", actor=ACTOR, at=clock.now())
    examined = an_examined_application(sent, at=clock.now())
    officer_2 = make_staff(Role.COMPLIANCE)
    confirm_decision(request=examined, officer=officer_2, at=clock.now())
    held = InvestorStatus.objects.get()
    officer, checker = signed_in(outlet.officer), signed_in(outlet.checker)
    assert "no recording yet" in act(officer, held, "step_back", noticed="on")
    recorded(officer, checker, held, "record")
    assert "ordinary investor from today" in act(officer, held, "step_back", noticed="on")
    assert held.ended_on == clock.today()


def test_a_call_is_written_down_and_a_concern_closed() -> None:
    outlet = Outlet()
    row = a_follow_up(outlet.unit, outlet.customer)
    caller = signed_in(make_staff(Role.CALL_CENTRE))
    officer = signed_in(make_staff(Role.COMPLIANCE))
    answers = dict.fromkeys(("own_order", "told_of_risk", "read_before"), "yes")
    answers |= dict.fromkeys(("filled_by_others", "borrowed"), "no")
    given = {f"answer_{key}": value for key, value in answers.items()}
    page = act(caller, row, "answers", **given, answer_pressed="yes")
    assert "Write what the customer said" in page
    act(caller, row, "missed")
    assert row.tries == 1
    act(caller, row, "answers", **given, answer_pressed="yes", note="An adviser phoned twice")
    assert row.status == FollowUpStatus.ESCALATED
    act(officer, row, "close", decision="Talked with the adviser")
    assert SaleFollowUp.objects.get().status == FollowUpStatus.CLOSED


def test_sellers_of_the_outlet_neither_write_down_nor_check_nor_call() -> None:
    outlet = Outlet()
    decision = outlet.decision()
    row = a_follow_up(outlet.unit, outlet.customer)
    adviser = signed_in(make_staff(Role.ADVISER, outlet.unit))
    url = reverse("admin:suitability_matchrecord_act", args=[decision.ref, "insist"])
    assert adviser.post(url, {"wish": "x", "own": "on"}).status_code == 403
    for name, ref in (
        ("doublerecording", outlet.begun(outlet.asked(decision).record).ref),
        ("salefollowup", row.ref),
    ):
        page = reverse(f"admin:suitability_{name}_change", args=[ref])
        assert adviser.get(page).status_code == 403


def test_the_consent_to_be_recorded_reads_as_chinese_is_written() -> None:
    with override("zh-hans"):
        words = str(ConsentForm(row=None).fields["agreed"].help_text)
    assert "。" in words
    assert "。 " not in words
