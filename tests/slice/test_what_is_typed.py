"""How much a customer types from the first page to sending, where the card can be read."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client

from accounts.consents import PURPOSES_OF_OPENING
from accounts.evidence.states import ReadingStatus
from accounts.models import Application, Reading, StepTiming
from accounts.states import Step
from accounts.use_cases.fill_from_reading import fill_from_reading
from accounts.use_cases.writing import lock
from brokerage.core import clock
from brokerage.customers.models import Source
from brokerage.users.codes import RecordingSender
from tests.accounts.answers import ACTOR, BANK, PROFILE, identity
from tests.branches.factories import make_unit
from tests.slice.test_first_slice import (
    a_photo,
    answer_the_paper,
    post,
    prove_video,
    sign_over_http,
    sign_up,
)

pytestmark = pytest.mark.django_db
TYPED = {
    Step.CONSENTS: 3,  # each on its own
    Step.IDENTITY: 0,  # read on both photographs, looked at, confirmed
    Step.PROFILE: 8,  # choices of one tap each
    Step.TAX: 3,  # two choices and the declaration
    Step.OUTLET: 2,  # the outlet and the markets
    Step.AGREEMENTS: 1,  # the code
    Step.PASSWORDS: 4,  # two, each twice
    Step.BANK: 3,  # the bank, the card number, whose it is
}
"""Fields filled in at each measured step. A change that asks for more fails here."""
KEYED = 6
"""Of them those that need a keyboard: the code, four passwords, the card number."""


def read_both_sides(application: Application) -> None:
    """The reader comes back with everything that stands on the card."""
    card = identity()
    front = {"name": card["name"], "number": card["id_number"], "address": card["address"]}
    back = {
        "issuer": card["id_issuer"],
        "valid_from": card["id_valid_from"],
        "valid_to": card["id_valid_to"],
    }
    for side, found in (("portrait", front), ("emblem", back)):
        reading = Reading.objects.get(application=application, side=side)
        reading.fields = json.dumps({name: {"value": value} for name, value in found.items()})
        reading.status, reading.ended_at = ReadingStatus.READ, clock.now()
        reading.save()
        with transaction.atomic():
            fill_from_reading(
                application=lock(application), reading=reading, actor=ACTOR, at=clock.now()
            )


def test_a_clean_journey_asks_for_few_fields(
    house: None, sms: RecordingSender, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet = make_unit()
    customer = Client(headers={"Accept-Language": "zh-CN"})
    sign_up(customer, sms, "/open/")
    home = post(customer, "/open/")
    post(customer, f"{home}consents/", **dict.fromkeys(PURPOSES_OF_OPENING, "on"))
    photos = {"front": a_photo("front"), "back": a_photo("back")}
    post(customer, f"{home}identity/", **photos)
    application = Application.objects.get()
    read_both_sides(application)
    section = application.sections.get(step=Step.IDENTITY)
    sources = {mark["source"] for mark in section.provenance.values()}
    assert sources == {Source.OCR, Source.CUSTOMER}
    card = {name: value for name, value in identity().items() if name not in photos}
    assert post(customer, f"{home}identity/", **card) == f"{home}profile/"
    post(customer, f"{home}profile/", **PROFILE)
    path = post(customer, f"{home}tax/", residence="china", us_person="no", declares="on")
    answer_the_paper(customer, path)
    post(customer, f"{home}outlet/", outlet=str(outlet.ref), markets=["SH", "SZ"])
    prove_video(application)
    sign_over_http(customer, home, sms)
    pins = {"trading": "284736", "fund": "591627"}
    post(customer, f"{home}passwords/", **pins, **{f"{k}_again": v for k, v in pins.items()})
    assert post(customer, f"{home}bank/", **BANK) == f"{home}send/"

    measured = dict(StepTiming.objects.values_list("step", "typed"))
    with capsys.disabled():
        print(f"\nfields filled in: {sum(measured.values())}, with a keyboard: {KEYED}")  # noqa: T201 - for who runs it
    assert measured == TYPED
