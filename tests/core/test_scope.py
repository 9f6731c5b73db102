"""Which rows exist for whom, and what each role may do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.http import Http404

from branches.models import OrgUnit, StaffAssignment
from branches.states import Kind
from brokerage.core import roles, scope
from brokerage.core.management.commands.sync_roles import document
from brokerage.core.roles import READERS, STAFF, Role
from brokerage.users.models import User
from tests.branches.factories import (
    assign,
    make_head_office,
    make_staff,
    make_staff_user,
    make_unit,
)

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


def test_a_manager_sees_the_own_subtree():
    company = make_unit(Kind.BRANCH_COMPANY)
    outlet = make_unit(under=company)
    make_unit()

    manager = make_staff(Role.BRANCH_MANAGER, company)

    assert set(scope.visible(OrgUnit, manager)) == {company, outlet}


def test_two_assignments_are_seen_together():
    one, other = make_unit(), make_unit()
    user = make_staff_user()
    assign(user, Role.OPENING_OFFICER, one)
    assign(user, Role.OPENING_OFFICER, other)

    assert set(scope.visible(OrgUnit, user)) == {one, other}


def test_two_roles_are_seen_together_and_no_row_twice():
    one, other = make_unit(), make_unit()
    user = make_staff_user()
    assign(user, Role.OPENING_OFFICER, one)
    assign(user, Role.REVIEWER, one)
    assign(user, Role.BRANCH_MANAGER, other)

    assert sorted(scope.visible(OrgUnit, user), key=lambda u: u.pk) == [one, other]


def test_everything_wins_over_less():
    make_unit()
    auditor = make_staff(Role.AUDITOR)

    assert scope.visible(OrgUnit, auditor).count() == OrgUnit.objects.count()


def test_a_model_without_a_policy_is_invisible_to_everybody():
    for role in STAFF:
        assert not scope.visible(Permission, make_staff(role)).exists()


@pytest.mark.parametrize("user", [AnonymousUser(), User(kind="customer", is_active=False)])
def test_strangers_see_nothing(user):
    make_head_office()

    assert not scope.visible(OrgUnit, user).exists()


def test_a_technical_superuser_sees_no_customers():
    from brokerage.customers.models import Customer

    superuser = User.objects.create_superuser("root@example.com", "a very long pass phrase")

    assert roles.roles_of(superuser) == {Role.ADMINISTRATOR}
    assert not scope.visible(Customer, superuser).exists()
    assert "customers.customer" in scope.labels()


def test_a_strangers_row_and_no_row_give_the_same_404():
    mine, theirs = make_unit(), make_unit()
    manager = make_staff(Role.BRANCH_MANAGER, mine)
    assert scope.visible_or_404(OrgUnit, manager, ref=mine.ref) == mine

    for ref in (theirs.ref, "00000000-0000-4000-8000-000000000000", "no ref"):
        with pytest.raises(Http404) as refused:
            scope.visible_or_404(OrgUnit, manager, ref=ref)
        assert str(refused.value) == ""


def test_one_model_has_one_policy_for_a_role():
    with pytest.raises(ValueError, match="has a policy"):
        scope.register("branches.OrgUnit", Role.COMPLIANCE, lambda rows, user: rows)


def test_every_policy_is_for_a_model_that_exists():
    from django.apps import apps

    for label in scope.labels():
        assert apps.get_model(label)


def test_the_groups_have_the_permissions_of_the_table():
    roles.sync_roles()

    for role in STAFF:
        rows = Permission.objects.filter(group__name=role)
        names = rows.values_list("content_type__app_label", "codename")
        assert {f"{app}.{name}" for app, name in names} == roles.table()[role], role


def test_a_right_that_the_table_does_not_give_is_taken_from_the_group():
    group = Group.objects.get(name=Role.AUDITOR)
    group.permissions.add(Permission.objects.get(codename="delete_staffassignment"))

    roles.sync_roles()

    assert not group.permissions.filter(codename="delete_staffassignment").exists()


OWN_SIGNATURES = {
    (Role.COMPLIANCE, "branches.do_step"),
    (Role.COMPLIANCE, "accounts.decide_watchhit"),
    (Role.COMPLIANCE, "accounts.review_amlrating"),
    (Role.COMPLIANCE, "accounts.add_questionbank"),
    (Role.COMPLIANCE, "accounts.change_questionbank"),
    (Role.COMPLIANCE, "content.withdraw_item"),
    (Role.COMPLIANCE, "holdings.change_waivedday"),
    (Role.COMPLIANCE, "products.add_suspension"),
    (Role.COMPLIANCE, "products.change_crossing"),
    (Role.COMPLIANCE, "products.change_resumption"),
    (Role.COMPLIANCE, "suitability.add_paperdraft"),
    (Role.COMPLIANCE, "suitability.change_paperdraft"),
    (Role.COMPLIANCE, "suitability.change_questionnaire"),
    (Role.COMPLIANCE, "suitability.change_coachingflag"),
    (Role.COMPLIANCE, "suitability.close_salefollowup"),
    (Role.COMPLIANCE, "suitability.change_statusrequest"),
}
"""What readers sign as their own duty: compliance files an outlet with the regulator's bureau,
decides on matches with lists and on ratings, which nobody else may know of, writes the papers of
suitability and the questions of knowledge tests, decides who is a professional investor, two
officers each, agrees that a lost day counts in no average,
says what follows from a concern in a call after a sale, lets people through the
wall around a mandate, and takes what should not be seen or sold from the site: content withdrawn,
a product suspended and opened again."""


def test_who_reads_everything_changes_nothing():
    for role in READERS:
        for name in roles.table()[role]:
            if (role, name) in OWN_SIGNATURES:
                continue
            assert re.match(r"\w+\.(view|see|reveal)_", name), f"{role}: {name}"


def test_a_technical_administrator_has_no_right_on_customers():
    for name in roles.table()[Role.ADMINISTRATOR]:
        assert name.partition(".")[0] in {"branches", "users", "backoffice", "reference"}, name
        assert name not in {"backoffice.reveal_personal_data", "backoffice.add_export"}


def test_the_table_is_the_documented_one():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "The role table changed: run `manage.py sync_roles --document`."
    )


def test_roles_cost_two_queries_for_a_request(django_assert_num_queries):
    user = make_staff(Role.BRANCH_MANAGER, make_unit())
    with django_assert_num_queries(2):
        roles.roles_of(user)
        roles.roles_of(user)


def test_an_assignment_alone_gives_no_more_than_its_role():
    user = make_staff(Role.ADVISER, make_unit())

    assert scope.visible(StaffAssignment, user).exists()  # rows by unit
    assert not roles.may(user, "branches.view_staffassignment")  # but not the action
