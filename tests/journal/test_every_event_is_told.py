"""Every kind of event of the house has a sentence for its timeline, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.utils.translation import override

from brokerage.journal.events import Event
from brokerage.journal.timeline import kinds


def walked(base: type[Event]) -> Iterator[type[Event]]:
    for child in base.__subclasses__():
        yield child
        yield from walked(child)


def ours() -> list[type[Event]]:
    """The events of our apps, without those that tests make."""
    for config in apps.get_app_configs():
        try:
            import_module(f"{config.name}.events")
        except ModuleNotFoundError as error:
            if error.name != f"{config.name}.events":
                raise
    made = {event for event in walked(Event) if "kind" in event.__dict__}
    found = [event for event in made if not event.__module__.startswith("tests")]
    return sorted(found, key=lambda event: event.kind)


EVENTS = ours()


def test_the_walk_finds_the_house() -> None:
    apps_told = {event.kind.partition(".")[0] for event in EVENTS}
    assert apps_told >= {"accounts", "files", "journal", "partners", "suitability", "users"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_a_kind_has_a_sentence_in_both_languages(event: type[Event]) -> None:
    assert event.kind in kinds
    kind = kinds.get(event.kind)
    for sentence in (kind.label, kind.staff or kind.label):
        with override("en"):
            english = str(sentence)
        with override("zh-hans"):
            chinese = str(sentence)
        assert english.isascii()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese), chinese


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_staff_are_not_spoken_to_as_the_customer(event: type[Event]) -> None:
    kind = kinds.get(event.kind)
    with override("en"):
        assert not re.search(r"\byour?s?\b", str(kind.staff or kind.label), re.IGNORECASE)
