"""A supervisor's page of a risen class: two acts, each with its note."""

from __future__ import annotations

import pytest
from django.test import Client

from brokerage.core.roles import Role
from suitability.models import JumpReview
from suitability.states import JumpStatus
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.suitability.factories import AT, a_confirmed_assessment
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> tuple[Client, JumpReview, str]:
    """A review that waits, open before the manager of the customer's outlet."""
    outlet = make_unit()
    customer = a_customer()
    customer.home_outlet_ref = outlet.ref
    customer.save(update_fields=["home_outlet_ref"])
    risen = a_confirmed_assessment(customer)
    review = JumpReview.objects.create(assessment=risen, refused_on=AT.date(), found_at=AT)
    client = Client()
    sign_in(client, make_staff(Role.BRANCH_MANAGER, outlet))
    return client, review, f"/admin/suitability/jumpreview/{review.ref}/"


def test_a_talk_comes_first_and_the_class_may_be_accepted_after_it(page):
    client, review, url = page
    text = client.get(f"{url}change/").content.decode()
    assert 'id="accepted_note"' in text
    assert 'id="talk_note"' in text

    client.post(f"{url}act/talk/", {"note": "Has a new job, says so"})
    review.refresh_from_db()
    assert (review.status, review.note) == (JumpStatus.TALK, "Has a new job, says so")
    text = client.get(f"{url}change/").content.decode()
    assert 'id="talk_note"' not in text

    client.post(f"{url}act/accepted/", {"note": "Talked on the phone"})
    review.refresh_from_db()
    assert review.status == JumpStatus.ACCEPTED


def test_without_a_note_nothing_is_decided_and_the_field_says_so(page):
    client, review, url = page
    answer = client.post(f"{url}act/accepted/", {"note": " "})
    assert 'aria-invalid="true"' in answer.content.decode()
    review.refresh_from_db()
    assert review.status == JumpStatus.WAITING
