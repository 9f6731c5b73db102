"""What makes a list quick to read: states as chips, links with words, choices with a name."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.states import Status
from brokerage.backoffice.admin import tones
from brokerage.backoffice.exports import safe
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role, sync_roles
from brokerage.core.templatetags.portal import chip
from tests import records
from tests.accounts.aml.factories import a_match
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer, an_identified_customer

pytestmark = pytest.mark.django_db


def test_a_state_is_a_chip_in_lists_and_words_in_exports():
    unit = make_unit()
    manager = staff(Role.BRANCH_MANAGER, unit)
    records.role_request(unit, manager)
    page = desk_of(manager).get(reverse("admin:branches_rolerequest_changelist"))

    assert 'class="chip chip-wait"' in page.content.decode()
    assert safe(chip("wait", "Waiting")) == "Waiting"


@pytest.mark.parametrize(
    ("state", "tone"),
    [(Decision.PENDING, "wait"), (Decision.APPROVED, "done"), (Decision.REJECTED, "stop")],
)
def test_a_decision_has_its_tone(state, tone):
    assert tones.tone_of(state) == tone


def test_an_unknown_state_is_neutral():
    assert tones.tone_of("something else") == ""
    assert {tones.tone_of(state) for state in Status} <= {"", "done", "wait", "stop", "info"}


def test_a_row_without_a_name_is_led_to_by_its_number():
    unit = make_unit()
    manager = staff(Role.BRANCH_MANAGER, unit)
    customer = a_customer("+8613700009001")
    customer.home_outlet_ref = unit.ref
    customer.save()
    page = desk_of(manager).get(reverse("admin:customers_customer_changelist")).content.decode()

    assert f">{str(customer.ref)[:8].upper()}</a>" in page


def test_an_empty_choice_has_words_and_an_empty_list_says_so():
    unit = make_unit()
    client = desk_of(staff(Role.BRANCH_MANAGER, unit))

    assert "---" not in client.get(reverse("admin:branches_rolerequest_add")).content.decode()
    empty = client.get(reverse("admin:backoffice_importrun_changelist")).content.decode()
    assert "Nothing here yet" in empty


def test_several_values_are_words_with_their_names():
    sync_roles()
    match = a_match(an_identified_customer())
    client = desk_of(staff(Role.COMPLIANCE))
    page = client.get(reverse("admin:accounts_watchhit_change", args=[match.ref]))

    assert match.matched == ["name", "sound"]
    assert "name, sound" in page.content.decode().lower()
    assert "[&#x27;" not in page.content.decode()
