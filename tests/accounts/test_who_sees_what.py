"""Role by role: which applications exist, and what may be done with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.home import cards, tasks
from accounts.models import Application
from accounts.states import Status, Verdict
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core import clock, scope
from brokerage.core.roles import STAFF, Role, sync_roles
from brokerage.users.models import User
from tests.accounts.factories import AT, a_draft, an_application
from tests.branches.factories import assign, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import make_staff_user, sign_in

pytestmark = pytest.mark.django_db
BY_OUTLET = {
    Role.BRANCH_MANAGER,
    Role.OPENING_OFFICER,
    Role.REVIEWER,
    Role.OPERATIONS,
    Role.HEAD_OFFICE,
}
EVERYTHING = {Role.COMPLIANCE, Role.AUDITOR}
REVIEWS = {Role.OPENING_OFFICER, Role.REVIEWER}
DECIDES = {Role.REVIEWER}


@pytest.fixture(autouse=True)
def _roles() -> None:
    sync_roles()


def of_role(role: Role, unit: OrgUnit) -> User:
    user = make_staff_user(roles=[role])
    assign(user, role, unit)
    return User.objects.get(pk=user.pk)


def seen(user: User) -> set[Any]:
    return set(scope.visible(Application, user))


@pytest.mark.parametrize("role", sorted(STAFF))
def test_a_role_sees_the_applications_of_its_subtree_and_no_draft(role):
    company = make_unit(Kind.BRANCH_COMPANY)
    outlet, other = make_unit(under=company), make_unit()
    mine = an_application(Status.SUBMITTED, outlet=outlet)
    far = an_application(Status.SUBMITTED, customer=a_customer("+8613800139001"), outlet=other)
    an_application(Status.DRAFT, customer=a_customer("+8613800139002"), outlet=outlet)

    found = seen(of_role(role, company))

    expected = {mine} if role in BY_OUTLET else {mine, far} if role in EVERYTHING else set()
    assert found == expected


def test_customers_see_their_own_and_strangers_nothing():
    mine = a_draft()
    other = a_customer("+8613800139001")
    assert mine.customer.user is not None
    assert other.user is not None
    assert seen(mine.customer.user) == {mine}
    assert seen(other.user) == set()
    superuser = make_staff_user(is_superuser=True)
    assert seen(superuser) == set(), "a technical administrator sees no customers"


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.parametrize(
    "act", ["claim", "propose", "return", "approve", "reject", "refuse", "delete"]
)
def test_only_the_desk_acts(role, act):
    outlet = make_unit()
    first = of_role(Role.OPENING_OFFICER, outlet)
    application = (
        an_application(Status.SUBMITTED, outlet=outlet)
        if act == "claim"
        else an_application(
            Status.REVIEWING, outlet=outlet, officer=first, proposed=Verdict.APPROVE
        )
    )
    before = application.version
    client = sign_in(Client(), of_role(role, outlet))
    response = client.post(f"/admin/accounts/application/{application.ref}/act/{act}/")

    application.refresh_from_db()
    sees = role in BY_OUTLET | EVERYTHING
    allowed = {
        "approve": DECIDES,
        "reject": DECIDES,
        "refuse": DECIDES,
        "delete": set(),
    }.get(act, REVIEWS)
    # the post is empty: who may act on a form gets it back with its errors
    answered = 200 if act in ("propose", "return", "refuse") else 302
    expected = answered if role in allowed else 403 if sees else 404
    if act == "delete" and sees:
        expected = 404  # there is no such act
    assert response.status_code in {expected, 403 if expected == 404 else expected}
    changed = application.version != before
    assert changed == (role in allowed and act in ("claim", "approve"))


@pytest.mark.parametrize("method", ["get", "head"])
def test_nothing_is_decided_by_a_link(method):
    outlet = make_unit()
    application = an_application(Status.REVIEWING, outlet=outlet, proposed=Verdict.APPROVE)
    client = sign_in(Client(), of_role(Role.REVIEWER, outlet))
    path = f"/admin/accounts/application/{application.ref}/act/approve/"
    assert getattr(client, method)(path).status_code == 405
    application.refresh_from_db()
    assert application.status == Status.REVIEWING


def test_a_manager_of_the_next_outlet_finds_nothing_in_the_admin():
    application = an_application(Status.SUBMITTED)
    client = sign_in(Client(), of_role(Role.BRANCH_MANAGER, make_unit()))
    base = "/admin/accounts/application/"
    assert str(application.ref) not in client.get(base).content.decode()
    assert client.get(f"{base}{application.ref}/change/").status_code == 404
    assert client.get(f"{base}{application.ref}/history/").status_code == 404


def test_the_page_of_an_application_shows_a_masked_name():
    outlet = make_unit()
    application = an_application(Status.SUBMITTED, outlet=outlet)
    client = sign_in(Client(), of_role(Role.REVIEWER, outlet))
    page = client.get(f"/admin/accounts/application/{application.ref}/change/").content.decode()
    assert "江映雪" not in page
    assert "江*" in page


def test_tasks_come_to_those_whose_turn_it_is():
    outlet = make_unit()
    first, second = of_role(Role.REVIEWER, outlet), of_role(Role.REVIEWER, outlet)
    application = an_application(Status.SUBMITTED, outlet=outlet)
    assert [len(list(tasks(user, AT))) for user in (first, second)] == [1, 1]
    from accounts.use_cases import claim_review, propose_verdict

    claim_review(application=application, officer=first, at=AT)
    assert [len(list(tasks(user, AT))) for user in (first, second)] == [1, 0]
    propose_verdict(application=application, officer=first, verdict=Verdict.APPROVE, at=AT)
    assert [len(list(tasks(user, AT))) for user in (first, second)] == [0, 1]


def test_the_head_of_the_outlet_watches_what_others_review():
    outlet = make_unit()
    an_application(Status.SUBMITTED, outlet=outlet)
    (watched,) = tasks(of_role(Role.BRANCH_MANAGER, outlet), AT)
    assert not watched.mine
    assert not list(tasks(of_role(Role.BRANCH_MANAGER, make_unit()), AT))
    assert not list(tasks(of_role(Role.COMPLIANCE, outlet), AT))


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (Status.DRAFT, "accounts.continue"),
        (Status.RETURNED, "accounts.returned"),
        (Status.SUBMITTED, "accounts.waiting"),
        (Status.REVIEWING, "accounts.waiting"),
    ],
)
def test_the_home_shows_the_next_step_or_the_promise(status, key):
    application = an_application(status)
    (card,) = cards(application.customer.user, clock.now())
    assert (card.key, card.url) == (key, f"/open/{application.ref}/")
    assert (card.due_at is not None) == (key == "accounts.waiting")


def test_the_home_offers_to_begin_and_tells_of_the_approval():
    customer = a_customer("+8613800139001")
    (card,) = cards(customer.user, clock.now())
    assert card.key == "accounts.begin"
    done = an_application(Status.APPROVED)
    (card,) = cards(done.customer.user, clock.now())
    assert card.key == "accounts.approved"
    assert list(cards(make_staff_user(), clock.now())) == []
