"""AML facts stay with AML roles: generated over every role, model and reader."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest
from django.apps import apps

from accounts.aml import events
from accounts.aml.access import AML_ROLES
from accounts.models import AmlRating, WatchHit
from accounts.states import Status
from accounts.use_cases.rate_customer import rate_customer
from brokerage.core import data_export, roles, scope
from brokerage.core.roles import Role, sync_roles
from brokerage.journal.events import Event
from brokerage.journal.models import Entry
from brokerage.journal.timeline import kinds
from tests.accounts.aml.factories import a_match
from tests.accounts.factories import AT, an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit

MODELS = ["AmlRating", "ListRelease", "Screening", "WatchEntry", "WatchHit", "WatchList"]
OF_A_CUSTOMER = {"AmlRating", "Screening", "WatchHit"}
OTHERS = sorted(set(Role) - set(AML_ROLES))
EVENTS = [
    one
    for _name, one in inspect.getmembers(events, inspect.isclass)
    if issubclass(one, Event) and one is not Event
]


def test_the_list_of_models_is_whole() -> None:
    here = {
        model.__name__
        for model in apps.get_app_config("accounts").get_models()
        if model.__module__ == "accounts.models.aml"
    }
    assert here == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_no_other_role_has_a_policy_or_a_right(model: str) -> None:
    assert set(scope.policies(f"accounts.{model}")) <= set(AML_ROLES)
    for role in OTHERS:
        held = {right for right in roles.table()[role] if model.lower() in right}
        assert held == set(), role


def test_the_copy_of_ones_data_leaves_them_out_for_a_reason() -> None:
    exempt = {label for label, _reason in data_export.EXEMPT.items()}
    assert {f"accounts.{model}" for model in OF_A_CUSTOMER} <= exempt


@pytest.mark.parametrize("event", EVENTS)
def test_no_event_names_a_customer_or_an_application(event: Any) -> None:
    names = {field.name for field in dataclasses.fields(event)}
    assert names.isdisjoint({"customer", "application", "user"})
    assert event.subject_type not in ("accounts.application", "customers.customer")
    assert not kinds.get(event.kind).public


@pytest.mark.django_db
def test_pages_and_journal_of_everybody_else_say_nothing() -> None:
    sync_roles()
    outlet = make_unit()
    application = an_application(Status.APPROVED, outlet=outlet)
    application.customer.refresh_from_db()
    hit = a_match(application.customer)
    rating = rate_customer(application=application, at=AT)
    told = Entry.objects.filter(subject_ref__in=[application.ref, application.customer.ref])
    assert not told.filter(kind__in=[event.kind for event in EVENTS]).exists()
    for role in sorted(roles.STAFF):
        user = staff(role, outlet)
        client = desk_of(user)
        seen = role in AML_ROLES
        for row, name in ((hit, "watchhit"), (rating, "amlrating")):
            answer = client.get(f"/admin/accounts/{name}/{row.ref}/change/")
            assert (answer.status_code == 200) == seen, role
        if not seen:
            page = client.get(f"/admin/accounts/application/{application.ref}/change/")
            assert hit.key not in page.content.decode()
            assert str(hit.ref) not in page.content.decode()
            assert not scope.visible(WatchHit, user).exists()
            assert not scope.visible(AmlRating, user).exists()
