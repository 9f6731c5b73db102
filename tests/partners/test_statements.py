"""Monthly statements: exact to the cent, traced, checked by two people, corrected forward only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.models import Contract, PartnerEvent, Statement, StatementLine
from partners.models.statements import month_after
from partners.rules.fees import Accrual
from partners.states import (
    EventKind,
    FeeBasis,
    PartnerStatus,
    StatementStatus,
)
from partners.use_cases import propose_contract, set_partner_status
from partners.use_cases.make_statements import (
    UnableToState,
    make_due_statements,
    make_statement,
)
from partners.use_cases.release_statements import (
    UnableToCorrect,
    check_statement,
    enter_correction,
    release_statement,
    send_back,
)
from tests.backoffice.factories import staff
from tests.branches.factories import make_unit
from tests.partners.factories import (
    ACTOR,
    a_contract,
    a_licence,
    a_partner,
    a_statement,
    an_api,
    contract_values,
)
from tests.users.factories import make_staff_user

AT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
FEE = Decimal("96000.01")


def a_paid_partner(**values):
    """An institution with one contract from 5 January 2026, over 365 days."""
    partner = a_partner(contract=False)
    a_licence(partner)
    given: dict[str, Any] = {
        "fee_yuan": FEE,
        "valid_from": date(2026, 1, 5),
        "valid_to": date(2027, 1, 5),
    }
    a_contract(partner, **given | values)
    return partner


def stated(partner, month, at=AT):
    return make_statement(partner=partner, month=month, actor=ACTOR, at=at)


def let_go(statement, at=AT):
    check_statement(statement=statement, by=make_staff_user(), at=at)
    return release_statement(statement=statement, by=make_staff_user(), at=at)


@given(
    cents=st.integers(1, 10**17),
    term=st.integers(1, 4000),
    cuts=st.lists(st.integers(0, 4200), max_size=30),
)
def test_the_months_of_a_term_add_up_to_its_fee_and_none_is_negative(cents, term, cuts):
    start, fee = date(2024, 2, 1), Decimal(cents) / 100
    total = Decimal(0)
    for cut in [*sorted(cuts), term]:
        earned = Accrual(
            fee_yuan=fee,
            term_from=start,
            term_to=start + timedelta(days=term),
            through=start + timedelta(days=cut),
        )
        line = earned.line_after(total)
        assert line >= 0 or cut == term
        assert line == line.quantize(Decimal("0.01"))
        total += line
    assert total == fee


@pytest.mark.parametrize(
    ("through", "days", "amount"),
    [
        (date(2026, 1, 5), 0, "0.00"),
        (date(2026, 2, 1), 27, "7101.37"),
        (date(2027, 1, 5), 365, "96000.01"),
        (date(2030, 1, 1), 365, "96000.01"),
        (date(2025, 1, 1), 0, "0.00"),
    ],
)
def test_a_fee_is_earned_by_days(through, days, amount):
    earned = Accrual(
        fee_yuan=FEE, term_from=date(2026, 1, 5), term_to=date(2027, 1, 5), through=through
    )
    assert (earned.days, earned.amount) == (days, Decimal(amount))


@pytest.mark.django_db
class TestMaking:
    def test_all_months_of_a_contract_add_up_to_its_fee_also_where_one_was_left_out(self):
        partner, month, made = a_paid_partner(), JANUARY, []
        later = datetime(2027, 3, 3, tzinfo=UTC)
        while month < date(2027, 3, 1):
            if month != date(2026, 4, 1):
                made.append(stated(partner, month, later))
            month = month_after(month)
        rows = [row for row in made if row is not None]
        assert len(rows) == 12, "none for April 2026, and none after the end of the contract"
        assert sum(row.total_yuan for row in rows) == FEE
        lines = StatementLine.objects.order_by("starts_on")
        days = [(line.starts_on, line.ends_on) for line in lines]
        assert days[0] == (date(2026, 1, 5), date(2026, 2, 1))
        assert all(one[1] == two[0] for one, two in pairwise(days))

    def test_a_line_tells_its_inputs_the_rule_and_the_approval_behind_it(self):
        partner = a_partner(contract=False, manager=make_staff_user())
        a_licence(partner)
        row = propose_contract(
            maker=make_staff_user(),
            at=AT,
            partner=partner,
            outlet=make_unit(),
            **contract_values(),
        )
        checker = staff(Role.HEAD_OFFICE)
        decide(model=Contract, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=AT)
        line = stated(partner, FEBRUARY).lines.get()
        assert line.rule_version == row.rule_version != ""
        entry = Entry.objects.get(ref=line.sources[0])
        assert entry.kind == "partners.contract_approved"
        given = {name: line.inputs[name] for name in ("fee_yuan", "days", "term_days")}
        earned = Decimal(given["fee_yuan"]) * given["days"] / given["term_days"]
        assert abs(earned - line.amount_yuan) <= Decimal("0.005")

    def test_an_amendment_acts_forward_only_and_the_former_fee_is_of_the_term_agreed(self):
        partner = a_partner(contract=False, manager=make_staff_user())
        a_licence(partner)
        checker, maker = staff(Role.HEAD_OFFICE), make_staff_user()
        before = AT - timedelta(days=30)
        for number, begins, fee in (("1", JANUARY, "36500"), ("2", date(2026, 2, 11), "73000")):
            row = propose_contract(
                maker=maker,
                at=before,
                partner=partner,
                outlet=make_unit(),
                **contract_values(
                    number=number,
                    valid_from=begins,
                    valid_to=date(begins.year + 1, begins.month, begins.day),
                    fee_yuan=Decimal(fee),
                ),
            )
            decide(
                model=Contract, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=before
            )
        assert stated(partner, JANUARY).total_yuan == 3100
        second = stated(partner, FEBRUARY)
        sums = [(x.contract.number, x.amount_yuan) for x in second.lines.order_by("number")]
        assert sums == [("1", 1000), ("2", 3600)]
        assert second.total_yuan == 4600
        assert len(second.lines.get(number=1).sources) == 2, "its approval, and what ended it"

    def test_what_ended_earns_nothing_more(self):
        partner = a_paid_partner()
        end = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)
        set_partner_status(
            partner=partner, status=PartnerStatus.ENDED, actor=ACTOR, at=end, reason="end"
        )
        assert stated(partner, FEBRUARY).lines.get().ends_on == date(2026, 2, 10)

    def test_the_job_makes_last_month_once_and_nothing_for_who_has_no_fee(self):
        paid, free = a_paid_partner(), a_partner("免费", contract=False)
        a_contract(free, fee_basis=FeeBasis.NONE, fee_yuan=None)
        assert [make_due_statements(at=AT), make_due_statements(at=AT)] == [1, 0]
        made = Statement.objects.get()
        assert (made.partner, made.month) == (paid, FEBRUARY)

    def test_a_month_that_is_not_over_has_no_statement(self):
        with pytest.raises(UnableToState):
            stated(a_paid_partner(), date(2026, 3, 1))

    def test_it_is_reckoned_anew_until_somebody_has_checked_it(self):
        partner = a_paid_partner()
        january = let_go(stated(partner, JANUARY))
        first = stated(partner, FEBRUARY)
        enter_correction(
            statement=january, amount=Decimal("-0.01"), reason="x", by=make_staff_user(), at=AT
        )
        again = stated(partner, FEBRUARY)
        assert again.pk == first.pk
        assert again.total_yuan == first.total_yuan - Decimal("0.01")
        check_statement(statement=again, by=make_staff_user(), at=AT)
        with pytest.raises(UnableToState):
            stated(partner, FEBRUARY)

    def test_counts_stand_beside_it(self):
        counts = stated(a_paid_partner(), FEBRUARY).counts
        assert counts == {
            "links": 0,
            "leads": 0,
            "campaigns_begun": None,
            "campaigns_sent": None,
            "campaigns_approved": None,
        }


@pytest.mark.django_db
class TestReleasing:
    def test_two_people_and_the_institution_is_told(self):
        row, first, second = a_statement(at=AT), make_staff_user(), make_staff_user()
        with pytest.raises(UnableToState):
            release_statement(statement=row, by=second, at=AT)
        check_statement(statement=row, by=first, at=AT)
        with pytest.raises(UnableToState):
            release_statement(statement=row, by=first, at=AT)
        done = release_statement(statement=row, by=second, at=AT)
        assert done.dispute_by is not None
        assert done.dispute_by > AT.date()
        told = PartnerEvent.objects.get(kind=EventKind.STATEMENT_RELEASED)
        assert (told.object_ref, told.partner) == (row.ref, row.partner)

    def test_who_entered_a_correction_on_it_does_not_release_it(self):
        partner, person = a_paid_partner(), make_staff_user()
        january = let_go(stated(partner, JANUARY))
        enter_correction(statement=january, amount=Decimal(5), reason="x", by=person, at=AT)
        row = stated(partner, FEBRUARY)
        check_statement(statement=row, by=make_staff_user(), at=AT)
        with pytest.raises(UnableToState):
            release_statement(statement=row, by=person, at=AT)

    def test_sent_back_it_is_checked_anew(self):
        row = check_statement(statement=a_statement(at=AT), by=make_staff_user(), at=AT)
        back = send_back(statement=row, by=make_staff_user(), at=AT, reason="sums")
        assert (back.status, back.checked_by_ref) == (StatementStatus.MADE, None)

    def test_the_tables_keep_a_released_one_and_its_sum(self):
        row = a_statement(at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=row.pk).update(
                total_yuan=1, status="checked", checked_by_ref=row.ref, checked_at=AT
            )
        done = let_go(row)
        for attempt in (
            lambda: Statement.objects.filter(pk=done.pk).update(total_yuan=1),
            lambda: done.lines.update(amount_yuan=1),
            lambda: done.lines.all().delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                attempt()

    def test_only_a_released_one_is_corrected_and_by_a_sum(self):
        row = a_statement(at=AT)
        person = make_staff_user()
        with pytest.raises(UnableToCorrect) as refused:
            enter_correction(statement=row, amount=Decimal(1), reason="x", by=person, at=AT)
        assert list(refused.value.errors) == ["statement"]
        with pytest.raises(UnableToCorrect) as refused:
            enter_correction(
                statement=let_go(row), amount=Decimal(0), reason="x", by=person, at=AT
            )
        assert list(refused.value.errors) == ["amount_yuan"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "months"),
    [
        ({}, ["2026-03", "2026-02", "2026-01"]),
        ({"from": "2026-02"}, ["2026-03", "2026-02"]),
        ({"to": "2026-02"}, ["2026-02", "2026-01"]),
        ({"from": "2026-02", "to": "2026-02"}, ["2026-02"]),
        ({"from": "2026-03", "to": "2026-02"}, []),
    ],
)
def test_statements_are_listed_by_period(asked, months):
    partner = a_partner()
    for following in (2, 3, 4):
        a_statement(partner, released=True, at=datetime(2026, following, 3, 2, tzinfo=UTC))
    rows = an_api(partner).get("statements", asked).json()["data"]
    assert [row["month"] for row in rows] == months


@pytest.mark.django_db
@pytest.mark.parametrize("month", ["2026-13", "2026", "2026-02-01", "x", "", "1999-01"])
def test_a_month_that_is_none_is_refused(month):
    answer = an_api().get("statements", {"from": month})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")
