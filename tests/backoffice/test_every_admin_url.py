"""Every address of the back office × every role × one's own and a stranger's record.

What must happen is read from the role table and the policies alone (both are in docs/roles.md):
no right on the list gives 403, no policy or another unit's record gives 404, and both 404s have
one body. A model that is listed without a record in tests/records.py fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as made_with
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin import helpers
from django.test import Client, RequestFactory
from django.urls import reverse

from branches.models import OrgUnit
from brokerage.backoffice.admin import ReadOnlyAdmin, ScopedAdmin
from brokerage.core import roles, scope
from brokerage.core.roles import READERS, STAFF, Role
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.records import RECORDS
from tests.users.factories import make_staff_user, sign_in

pytestmark = pytest.mark.django_db
ADMINS: dict[str, Any] = {m._meta.label: a for m, a in admin.site._registry.items()}
BODY = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|nonce=\"[^\"]*\"")


@dataclass
class Case:
    """One role before one list, with its own and a stranger's record."""

    admin: Any
    role: Role
    user: Any
    client: Client
    own: Any
    foreign: Any
    _opened: dict[str, Any] = made_with(default_factory=dict)

    def opened(self, page: str, row: Any = None) -> Any:
        """A page as it opens, asked for once; nothing that is checked changes its rows."""
        url = self.url(page, row)
        if url not in self._opened:
            self._opened[url] = self.client.get(url)
        return self._opened[url]

    @property
    def listed(self) -> Any:
        """The list."""
        return self.opened("changelist")

    @property
    def may_view(self) -> bool:
        opts = self.admin.opts
        names = roles.table()[self.role]
        return bool(names & {f"{opts.app_label}.{verb}_{opts.model_name}" for verb in VERBS})

    @property
    def rows(self) -> list[Any]:
        """Whose pages are opened: who may see no row is stopped before the row is read."""
        return [self.own, self.foreign] if self.may_view else [self.own]

    @property
    def sees_all(self) -> bool:
        return scope.policies(self.admin.opts.label).get(self.role) is scope.everything

    def sees(self, row: Any) -> bool:
        """Whether the policies let this person see the row (asked without the admin)."""
        return scope.visible(type(row), self.user).filter(pk=row.pk).exists()

    def url(self, page: str, row: Any = None, *more: Any) -> str:
        ref = [] if row is None else [getattr(row, self.admin.reference)]
        return reverse(self.admin.url_name(page), args=[*ref, *more])

    def status(self, row: Any) -> int:
        """What the page of a row must answer."""
        if not self.may_view:
            return 403
        return 200 if self.sees(row) else 404


VERBS = ("view", "change")
BY_UNIT = {
    "accounts.Application",
    "branches.BlockedTime",
    "branches.OrgUnit",
    "branches.RoleRequest",
    "branches.StaffAssignment",
    "branches.Visit",
    "branches.WaitEntry",
    "customers.Customer",
}
QUESTIONS = [
    ("id_hash__startswith", "a"),
    ("user__password__startswith", "a"),
    ("user__phone_hash__gt", "0"),
    ("ref__startswith", "a"),
    ("made_by_ref__gte", "0"),
    ("id__gte", "1"),
]


MADE_BY_SOMEBODY = {"backoffice.Export", "backoffice.ImportRun", "backoffice.Reveal"}
NOBODY = object()
"""Made for all roles at once, a record that asked who makes it would fail on this."""


def cases_of(label: str) -> list[Case]:
    """One case for each role; making the records is what costs, so each list does it once.

    All roles share the record of their unit, but where it belongs to the person who makes it.
    """
    here, there = make_unit(), make_unit()
    make = RECORDS[label]
    foreign = make(there, staff(Role.BRANCH_MANAGER, there))
    personal = label in MADE_BY_SOMEBODY or label.startswith("partners.")  # these have a manager
    shared = None if personal else make(here, NOBODY)
    found = []
    for role in sorted(STAFF):
        user = staff(role, here)
        own = make(here, user) if personal else shared
        found.append(Case(ADMINS[label], role, user, desk_of(user), own, foreign))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("label", sorted(ADMINS))
def test_every_address_of_a_list_for_every_role(label):
    cases = cases_of(label)
    for check in CHECKS:
        for case in cases:
            check(case, f"{check.__name__}: {label} as {case.role}")


def test_every_listed_model_has_a_record_to_test_with():
    assert set(ADMINS) == set(RECORDS)


def test_every_list_is_scoped():
    assert all(isinstance(one, ScopedAdmin) for one in ADMINS.values())


def lists_and_pages_of_records(case, told):
    page = case.listed
    assert page.status_code == (200 if case.may_view else 403), told
    for row in (case.own, case.foreign):
        assert case.opened("change", row).status_code == case.status(row), told
        if page.status_code == 200 and not case.sees(row) and hasattr(row, "ref"):
            assert str(row.ref) not in page.content.decode(), told


def a_policy_by_unit_never_shows_the_neighbours_record(case, told):
    """The oracle itself is checked: what belongs to a unit is foreign to the neighbour."""
    if case.admin.opts.label in BY_UNIT and not case.sees_all and case.role not in READERS:
        assert not case.sees(case.foreign), told


def a_strangers_record_and_none_answer_alike(case, told):
    if case.may_view and not case.sees(case.foreign) and hasattr(case.foreign, "ref"):
        theirs = case.opened("change", case.foreign)
        url = case.url("change", case.foreign).replace(str(case.foreign.ref), str(uuid4()))
        nobodys = case.client.get(url)
        assert (theirs.status_code, nobodys.status_code) == (404, 404), told
        assert BODY.sub(b"", theirs.content) == BODY.sub(b"", nobodys.content), told


def pages_beside_a_record_follow_it(case, told):
    if not hasattr(case.own, "ref"):
        return
    for row in case.rows:
        history = case.client.get(case.url("history", row))
        assert history.status_code == case.status(row), told
        for field in (*case.admin.revealed[:1], "password"):
            answer = case.client.get(case.url("reveal", row, field))
            assert answer.status_code == _reveal(case, row, field), f"{told}: {field}"
        decided = case.client.get(case.url("decide", row))
        assert decided.status_code in ({302, 403} if case.sees(row) else {403, 404}), told


def _reveal(case: Case, row: Any, field: str) -> int:
    if case.status(row) != 200:
        return case.status(row)
    allowed = "backoffice.reveal_personal_data" in roles.table()[case.role]
    if not (case.admin.revealed and allowed):
        return 403
    return 200 if field in case.admin.revealed else 404


def nothing_is_deleted_and_only_the_listed_is_added(case, told):
    opts = case.admin.opts
    for row in case.rows:
        answer = case.client.post(case.url("delete", row), {"post": "yes"})
        assert answer.status_code in (403, 404), told
        assert type(row).objects.filter(pk=row.pk).exists(), told
    may_add = f"{opts.app_label}.add_{opts.model_name}" in roles.table()[case.role]
    adds = may_add and not isinstance(case.admin, ReadOnlyAdmin)
    assert case.opened("add").status_code == (200 if adds else 403), told


def search_finds_no_strangers_record(case, told):
    if not (case.may_view and hasattr(case.own, "ref")):
        return
    for row in (case.own, case.foreign):
        url = case.url("search")
        found = case.client.post(url, {"term": str(row.ref)}, follow=True).content.decode()
        assert (case.url("change", row) in found) == case.sees(row), told


def paging_from_a_strangers_record_tells_nothing(case, told):
    if case.may_view and hasattr(case.foreign, "ref") and not case.sees(case.foreign):
        first = case.listed
        for name in ("after", "before"):
            page = case.client.get(case.url("changelist"), {name: str(case.foreign.ref)})
            assert page.status_code == 200, told
            assert _rows(page) == _rows(first), told


def lists_answer_no_question_about_secret_columns(case, told):
    """Any role's list is asked one of them over HTTP, and each for itself what it allows."""
    if case.may_view:
        for name, value in QUESTIONS:
            assert not case.admin.lookup_allowed(name, value, _as(case)), f"{told}: {name}"
        asked = dict([QUESTIONS[sorted(STAFF).index(case.role) % len(QUESTIONS)]])
        answer = case.client.get(case.url("changelist"), asked)
        assert answer.status_code == 400, f"{told}: {asked}"


def actions_reach_no_strangers_record(case, told):
    if case.may_view:
        for action in [*case.admin.get_actions(_as(case)), "delete_selected"]:
            chosen = {helpers.ACTION_CHECKBOX_NAME: [str(case.foreign.pk)], "action": action}
            case.client.post(case.url("changelist"), {**chosen, "select_across": "1"})
            assert type(case.foreign).objects.filter(pk=case.foreign.pk).exists(), told


def choices_of_forms_and_filters_are_ones_own(case, told):
    page = case.opened("add")
    if page.status_code == 200:
        for name, field in page.context["adminform"].form.fields.items():
            if hasattr(field, "queryset"):
                seen = set(scope.visible(field.queryset.model, case.user))
                assert set(field.queryset) <= seen, f"{told}: {name}"
    if case.may_view and not case.sees_all:
        mine = scope.visible(OrgUnit, case.user).values("pk")
        listed = case.listed.content.decode()
        offered = set(re.findall(r">([^<]+)</a>", listed))
        hidden = OrgUnit.objects.exclude(pk__in=mine).values_list("name_en", flat=True)
        assert not offered & set(hidden), told


def an_export_is_for_those_who_may(case, told):
    answer = case.client.get(case.url("export"))
    allowed = "backoffice.add_export" in roles.table()[case.role]
    expected = 200 if case.may_view and allowed and case.admin.export_columns else 403
    assert answer.status_code == expected, told


CHECKS = [
    lists_and_pages_of_records,
    a_policy_by_unit_never_shows_the_neighbours_record,
    a_strangers_record_and_none_answer_alike,
    pages_beside_a_record_follow_it,
    nothing_is_deleted_and_only_the_listed_is_added,
    search_finds_no_strangers_record,
    paging_from_a_strangers_record_tells_nothing,
    lists_answer_no_question_about_secret_columns,
    actions_reach_no_strangers_record,
    choices_of_forms_and_filters_are_ones_own,
    an_export_is_for_those_who_may,
]


@pytest.mark.parametrize("role", sorted(STAFF))
def test_autocomplete_gives_no_strangers_record(role):
    here, _there = make_unit(), make_unit()
    user = staff(role, here)
    field = {"app_label": "branches", "model_name": "rolerequest", "field_name": "unit"}

    answer = desk_of(user).get(reverse("admin:autocomplete"), {**field, "term": "Unit"})

    assert answer.status_code == 200
    ids = {int(row["id"]) for row in answer.json()["results"]}
    seen = set(scope.visible(OrgUnit, user).values_list("pk", flat=True))
    assert ids <= seen
    assert here.pk in ids


@pytest.mark.parametrize("label", ["branches.OrgUnit", "customers.Customer"])
def test_strangers_to_the_back_office_find_nothing(label):
    model_admin, unit = ADMINS[label], make_unit()
    row = RECORDS[label](unit, staff(Role.BRANCH_MANAGER, unit))
    customer = sign_in(Client(), a_customer("+8613800138009").user)
    nobody = desk_of(make_staff_user())
    pages = ["changelist", "add"]
    urls = [reverse(model_admin.url_name(page)) for page in pages] + [model_admin.object_url(row)]
    for url in urls:
        assert Client().get(url).status_code == 302
        assert customer.get(url).status_code == 404
        assert nobody.get(url).status_code == 403


def _as(case: Case) -> Any:
    request = RequestFactory().get("/")
    request.user = case.user
    return request


def _rows(page: Any) -> list[str]:
    return [str(row.pk) for row in page.context["cl"].result_list]
