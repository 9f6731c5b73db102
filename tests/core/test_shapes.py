"""Objects of a kept statement are what Django makes of the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.db.models.signals import post_init

from accounts.models import Application
from brokerage.core.shapes import Maker
from brokerage.core.written import Written
from brokerage.users.models import User
from suitability.models import Questionnaire
from tests.accounts.factories import a_draft

pytestmark = pytest.mark.django_db


def told(row: Model) -> tuple[dict[str, Any], tuple[bool, str | None]]:
    """What an object holds, and its state."""
    return (
        {name: value for name, value in vars(row).items() if name != "_state"},
        (row._state.adding, row._state.db),
    )


def test_a_row_and_what_comes_with_it_are_as_django_makes_them() -> None:
    a_draft()
    rows = Application.objects.select_related("customer__user", "outlet")
    ours, djangos = Written(rows).get(), rows.get()
    assert told(ours) == told(djangos)
    assert told(ours.customer) == told(djangos.customer)
    assert ours.customer.user is not None
    assert told(ours.customer.user) == told(djangos.customer.user)  # type: ignore[arg-type]
    assert ours.customer.user.phone == djangos.customer.user.phone  # type: ignore[union-attr]
    assert ours.outlet is djangos.outlet is None


def test_what_is_left_out_is_asked_for_when_it_is_used() -> None:
    a_draft()
    found = Written(User.objects.only("kind")).get()
    assert told(found)[0].keys() == {"id", "kind"}
    assert found.phone == User.objects.get().phone


def test_it_can_be_changed_and_saved() -> None:
    a_draft()
    found = Written(Application.objects.all()).get()
    found.returned_note = "x"
    found.save()
    assert Application.objects.get().returned_note == "x"


def test_a_model_that_looks_on_makes_its_own() -> None:
    assert Maker(Application).straight
    assert not Maker(Questionnaire).straight  # it keeps the content of a version

    def listens(**_told: Any) -> None:
        """Some receiver."""

    post_init.connect(listens, sender=Application)
    try:
        assert not Maker(Application).straight
    finally:
        post_init.disconnect(listens, sender=Application)
