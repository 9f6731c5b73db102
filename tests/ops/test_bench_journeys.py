"""What the bench of journeys makes up: people, cards and recordings that the portal takes."""

from __future__ import annotations

import io
from datetime import date

from accounts.gateways.scenarios import Scenario, of_card
from bench.journeys_people import CLIP, card_of, longer, person_of
from bench.journeys_usage import quantiles
from brokerage.core.identifiers import bank_card, resident_id
from brokerage.files.content import inspect


def test_everybody_has_another_valid_document_and_card() -> None:
    numbers = range(1, 8_000, 7)
    documents = {person_of(number)["id_number"] for number in numbers}
    cards = {card_of(number) for number in numbers}

    assert len(documents) == len(cards) == len(numbers)
    assert all(resident_id(each, on=date(2026, 3, 2)).value == each for each in documents)
    assert not any(bank_card(each).warnings for each in cards)
    assert {of_card(each) for each in cards} == {Scenario.SUCCESS}


def test_a_longer_recording_is_still_one() -> None:
    clip = longer(CLIP.read_bytes())

    assert len(clip) == 400_000
    inspect("video/webm", io.BytesIO(clip), len(clip))


def test_quantiles_of_few_times() -> None:
    assert quantiles([]) == {"p50_ms": 0.0, "p95_ms": 0.0, "p99_ms": 0.0}
    assert quantiles([4.0])["p99_ms"] == 4.0
    assert quantiles([float(each) for each in range(1, 102)])["p95_ms"] == 96.0
