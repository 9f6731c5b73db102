"""The insist route online: only her own wish, the warning, the pause, and what closes it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.journal.models import Entry
from suitability.models import Exposure, InsistCase
from suitability.replaying import insist_differences
from suitability.states import InsistStatus
from suitability.use_cases.insisting import (
    UnableToInsist,
    acknowledge_warning,
    ask_to_insist,
    confirm_insisting,
    show_warning,
    withdraw_insisting,
)
from suitability.use_cases.matching import record_exposures
from tests.customers.factories import a_customer
from tests.suitability.factories import ACTOR, ANSWERS, AT, a_confirmed_assessment
from tests.suitability.matching import a_decision, a_graded_item
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DAY, PAUSE, MINUTE = timedelta(days=1), timedelta(minutes=30), timedelta(minutes=1)
_numbers = count(1)


def a_mismatch(grade: str = "R5", at: Any = AT, **chosen: list[str]) -> Any:
    """A decision for a customer of class C4."""
    customer = a_customer(f"+861390066{next(_numbers):04d}")
    a_confirmed_assessment(customer, ANSWERS | chosen, at=at)
    return a_decision(customer, a_graded_item(grade, type="equity"), at=at)


def a_case(decision: Any, at: Any = AT) -> InsistCase:
    return ask_to_insist(
        decision=decision, wish="朋友在买，我研究过", language="zh-hans", actor=ACTOR, at=at
    )


def acknowledged(decision: Any, at: Any = AT) -> InsistCase:
    case = show_warning(case=a_case(decision, at), actor=ACTOR, at=at)
    return acknowledge_warning(case=case, warning=case.warning, actor=ACTOR, at=at)


def test_the_whole_route_is_kept_told_and_replayed() -> None:
    case = acknowledged(a_mismatch())
    done = confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    assert done.status == InsistStatus.CONFIRMED
    assert list(insist_differences([done])) == []
    kinds = set(Entry.objects.filter(subject_ref=done.ref).values_list("kind", flat=True))
    steps = ("asked", "warned", "acknowledged", "confirmed")
    assert kinds == {f"suitability.insist_{step}" for step in steps}
    entries = " ".join(str(each.payload) for each in Entry.objects.filter(subject_ref=done.ref))
    assert "朋友" not in entries
    call_command("replay_decisions", stdout=StringIO())


def test_a_confirmed_case_never_changes() -> None:
    done = confirm_insisting(case=acknowledged(a_mismatch()), actor=ACTOR, at=AT + PAUSE)
    with pytest.raises(IntegrityError), transaction.atomic():
        InsistCase.objects.filter(pk=done.pk).update(asked_at=AT - DAY)
    done.result = "{}"
    done.save(update_fields=["result"])  # the ciphertext may be written anew, as keys rotate
    assert [each.why for each in insist_differences([done])] != []


def test_the_pause_is_not_shortened() -> None:
    case = acknowledged(a_mismatch())
    with pytest.raises(UnableToInsist):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE - MINUTE)


def test_no_step_is_left_out() -> None:
    case = a_case(a_mismatch())
    for at in (AT, AT + PAUSE):
        with pytest.raises(UnableToInsist):
            confirm_insisting(case=case, actor=ACTOR, at=at)
    with pytest.raises(UnableToInsist):
        acknowledge_warning(case=case, warning=case.warning, actor=ACTOR, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        InsistCase.objects.filter(pk=case.pk).update(status="acknowledged")


def test_another_version_of_the_warning_is_not_acknowledged() -> None:
    case = show_warning(case=a_case(a_mismatch()), actor=ACTOR, at=AT)
    with pytest.raises(UnableToInsist):
        acknowledge_warning(case=case, warning="x@2020-01-01", actor=ACTOR, at=AT)


def test_what_we_showed_meanwhile_closes_the_route() -> None:
    decision = a_mismatch()
    case = acknowledged(decision)
    record_exposures(
        customer=decision.customer, refs=[decision.item.ref], way=Exposure.Way.OFFERED, at=AT
    )
    with pytest.raises(UnableToInsist):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)


def test_a_decision_of_another_day_opens_nothing() -> None:
    decision = a_mismatch()
    with pytest.raises(UnableToInsist):
        a_case(decision, AT + DAY)
    case = acknowledged(decision)
    with pytest.raises(UnableToInsist):
        confirm_insisting(case=case, actor=ACTOR, at=AT + DAY)


@pytest.mark.parametrize(
    "given", [{"grade": "R1"}, {"grade": "R2", "loss": ["none"], "goal": ["keep"]}]
)
def test_neither_what_suits_nor_the_lowest_class_can_insist(given: dict[str, Any]) -> None:
    with pytest.raises(UnableToInsist):
        a_case(a_mismatch(**given))
    assert not InsistCase.objects.exists()


def test_a_failed_requirement_is_never_insisted_on() -> None:
    decision = a_mismatch()
    barred = a_graded_item("R5", type="equity", requirements=["qualified"])
    with pytest.raises(UnableToInsist):
        a_case(a_decision(decision.customer, barred))


def test_given_up_is_given_up() -> None:
    case = acknowledged(a_mismatch())
    withdraw_insisting(case=case, actor=ACTOR, at=AT)
    with pytest.raises(UnableToInsist):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)


@pytest.mark.django_db(transaction=True)
def test_two_devices_begin_it_once() -> None:
    decision, barrier, found = a_mismatch(), Barrier(2), []

    def ask() -> None:
        barrier.wait()
        try:
            found.append(str(a_case(decision).status))
        except UnableToInsist:
            found.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["asked", "refused"]


# in the browser


def test_the_pages_lead_through_the_route_and_lose_nothing() -> None:
    now = clock.now()
    decision = a_mismatch(at=now)
    client = _signed_in(decision)
    page = reverse("suitability:insist", args=[decision.ref])
    assert "If you want it all the same" in _text(
        client, reverse("suitability:decision", args=[decision.ref])
    )
    kept = client.post(page, {"wish": "I read about it"})
    assert kept.status_code == 422
    assert "I read about it" in kept.content.decode()
    client.post(page, {"wish": "I read about it", "own": "on"})
    assert "Special risk warning" in _text(client, page)
    case = InsistCase.objects.get()
    assert client.post(page, {"step": "acknowledge", "warning": case.warning}).status_code == 422
    client.post(page, {"step": "acknowledge", "warning": case.warning, "read": "on"})
    assert "You can confirm from" in _text(client, page)
    early = client.post(page, {"step": "confirm"})
    assert early.status_code == 409
    assert "30 minutes" in early.content.decode()
    client.post(page, {"step": "withdraw"})
    assert "You have given it up" in _text(client, page)


def test_a_refusal_leads_back_to_its_page() -> None:
    decision = a_decision(a_customer("+8613900669999"), a_graded_item("R1"))
    client = _signed_in(decision)
    answer = client.get(reverse("suitability:insist", args=[decision.ref]))
    assert answer["Location"] == reverse("suitability:decision", args=[decision.ref])


def _signed_in(decision: Any) -> Client:
    reader = Client(headers={"Accept-Language": "en"})
    return sign_in(reader, decision.customer.user, stepped_up=True)


def _text(client: Client, page: str) -> str:
    return client.get(page).content.decode()
