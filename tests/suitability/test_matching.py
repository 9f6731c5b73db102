"""Grades, decisions and exposures in the database, and what nothing can lift."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from brokerage.core.four_eyes import FourEyesRefused
from brokerage.journal.models import Entry
from brokerage.journal.subscriptions import subscribe, unsubscribe
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue
from suitability.explaining import explain
from suitability.models import Exposure, ItemGrade, MatchRecord
from suitability.rules.matching import MatchOutcome
from suitability.rules.matrix import BadMatrix
from suitability.selectors import investor_of
from suitability.use_cases.grading import UnableToGrade, propose_grade
from suitability.use_cases.matching import (
    UnableToMatch,
    match_customers,
    match_many,
    record_exposures,
)
from tests.customers.factories import a_customer
from tests.suitability.factories import AT
from tests.suitability.matching import (
    FLOORS,
    MILD,
    SINCE,
    a_decision,
    a_graded_item,
    a_long_assessment,
    a_proposed_grade,
    an_item,
    an_officer,
    approve,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
_numbers = count(1)
TODAY = AT.date()
TRIES = [{"outcome": "match"}, {"decided_on": SINCE}, {"nearest": ["x"]}, {"rule_version": "x"}]


def somebody() -> Any:
    return a_customer(f"+861390077{next(_numbers):04d}")


def seen(event: Any, entry: Any) -> None:
    """The subscriber of a higher app; the test looks at the delivery that waits for it."""


def a_balanced(**chosen: str) -> Any:
    customer = somebody()
    given = {"horizon": "any", "intended": "equity"} | chosen
    paper: Any = a_long_assessment(customer, chosen=given)
    assert paper.investor_class in ("C2", "C3", "C4")
    return customer


def the_lowest() -> Any:
    customer = somebody()
    paper = a_long_assessment(
        customer, chosen={"loss": "none", "horizon": "any", "intended": "complex"}
    )
    assert paper.lowest
    return customer


# grades


def test_a_grade_counts_only_once_a_second_person_approved_it() -> None:
    item = an_item()
    row = a_proposed_grade(item)
    assert not ItemGrade.objects.in_force(TODAY).exists()
    approve(row)
    assert ItemGrade.objects.in_force(TODAY).get().item == item


def test_the_maker_cannot_approve() -> None:
    maker = an_officer()
    row = propose_grade(
        item=an_item(),
        category=FLOORS["R1"],
        levels=MILD,
        valid_from=SINCE,
        reason="首次评级",
        maker=maker,
        at=AT,
    )
    with pytest.raises(FourEyesRefused):
        approve(row, by=maker)


@pytest.mark.parametrize(("category", "proposed"), [("share", "R2"), ("option_writing", "R4")])
def test_the_firm_cannot_grade_below_the_floor(category: str, proposed: str) -> None:
    with pytest.raises(UnableToGrade), override("en"):
        propose_grade(
            item=an_item(),
            category=category,
            levels=MILD,
            valid_from=SINCE,
            reason="x",
            proposed=proposed,
            maker=an_officer(),
            at=AT,
        )


def test_the_database_takes_no_grade_below_the_floor_either() -> None:
    row = a_proposed_grade(an_item(), "R3")
    with pytest.raises(IntegrityError, match="a_grade_is_never_below_its_floor"):
        ItemGrade.objects.filter(pk=row.pk).update(grade="R2")


def test_the_firm_may_grade_higher() -> None:
    row = propose_grade(
        item=an_item(),
        category="money_fund",
        levels=MILD,
        valid_from=SINCE,
        reason="流动性下降",
        proposed="R3",
        maker=an_officer(),
        at=AT,
    )
    assert (row.grade, row.least, row.floor) == ("R3", "R1", "R1")


def test_a_missing_factor_gives_no_grade() -> None:
    with pytest.raises(UnableToGrade):
        propose_grade(
            item=an_item(),
            category="share",
            levels={**MILD, "leverage": ""},
            valid_from=SINCE,
            reason="x",
            maker=an_officer(),
            at=AT,
        )


def test_an_approved_grade_never_changes_and_ends_when_the_next_begins() -> None:
    item = a_graded_item("R2")
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemGrade.objects.filter(item=item).update(grade="R5")
    approve(a_proposed_grade(item, "R4", valid_from=TODAY + DAY))

    assert ItemGrade.objects.in_force(TODAY).get().grade == "R2"
    assert ItemGrade.objects.in_force(TODAY + DAY).get().grade == "R4"


def test_a_grade_in_force_is_not_replaced_on_the_day() -> None:
    item = a_graded_item("R2")
    with pytest.raises(FourEyesRefused):
        approve(a_proposed_grade(item, "R4", valid_from=TODAY))


def test_higher_apps_hear_of_a_grade_that_moves_and_match_again() -> None:
    customer, item = a_balanced(), a_graded_item("R1")
    subscribe(_event(), f"{__name__}:seen", name="tests.grades")
    try:
        approve(a_proposed_grade(item, "R5", valid_from=TODAY + DAY))
    finally:
        unsubscribe("tests.grades")
    entry = Entry.objects.filter(kind="suitability.grade_changed").latest("pk")
    told = {key: entry.payload[key] for key in ("grade_before", "grade_after", "item")}
    assert told == {"grade_before": "R1", "grade_after": "R5", "item": str(item.ref)}
    before = dict(match_customers(item=item, customers=[customer.pk], on=TODAY))
    after = dict(match_customers(item=item, customers=[customer.pk], on=TODAY + DAY))
    assert before[customer.pk].outcome is MatchOutcome.MATCH
    assert after[customer.pk].outcome is not MatchOutcome.MATCH


def _event() -> Any:
    from suitability.events import GradeChanged

    return GradeChanged


# matching


def test_an_item_without_a_grade_cannot_be_matched() -> None:
    item = an_item()
    with pytest.raises(UnableToMatch):
        a_decision(a_balanced(), item)
    assert match_many(customer=somebody(), on=TODAY, refs=[item.ref]) == {}


def test_a_match_a_mismatch_and_a_refusal_are_kept_with_their_reasons() -> None:
    customer = a_balanced()
    good = a_decision(customer, a_graded_item("R1"))
    bad = a_decision(customer, a_graded_item("R5"))
    barred = a_decision(customer, a_graded_item("R1", requirements=["qualified"]))
    assert [good.outcome, bad.outcome, barred.outcome] == [
        "match",
        "mismatch_insist_possible",
        "refused",
    ]
    assert str(good.item.ref) in bad.nearest
    assert str(bad.item.ref) not in bad.nearest
    for language in ("en", "zh-hans"):
        with override(language):
            assert all(explain(row).reasons for row in (good, bad, barred))


def test_a_shelf_takes_the_same_queries_whatever_its_length(
    django_assert_num_queries: Any,
) -> None:
    customer = a_balanced()
    a_graded_item("R1")
    with django_assert_num_queries(5):
        assert len(match_many(customer=customer, on=TODAY)) >= 1
    for _ in range(5):
        a_graded_item("R3")
    with django_assert_num_queries(5):
        assert len(match_many(customer=customer, on=TODAY)) >= 6


def test_many_customers_stream_in_few_queries(django_assert_num_queries: Any) -> None:
    item = a_graded_item("R1")
    keys = [a_balanced().pk, the_lowest().pk, somebody().pk]
    with django_assert_num_queries(5):  # one of them for the paper, once for all its customers
        found = dict(match_customers(item=item, customers=keys, on=TODAY))
    assert list(found) == keys
    assert found[keys[2]].outcome is MatchOutcome.REFUSED


# the two bars


@pytest.mark.parametrize("grade", ["R2", "R3", "R4", "R5"])
def test_the_lowest_class_gets_nothing_above_r1(grade: str) -> None:
    customer = the_lowest()
    row = a_decision(customer, a_graded_item(grade), met=frozenset({"qualified"}))
    assert row.outcome == "refused"
    assert all(
        each.grade == "R1"
        for each in ItemGrade.objects.filter(item__ref__in=row.nearest, decision="approved")
    )


def test_no_row_of_data_opens_more_to_the_lowest_class() -> None:
    customer, item = the_lowest(), a_graded_item("R2")
    rule = Rule.objects.in_force("suitability.matrix", TODAY)
    value = rule.value | {"allowed": rule.value["allowed"] | {"C1_lowest": ["R1", "R2"]}}
    with pytest.raises(BadRuleValue):
        Rule(
            key=rule.key,
            value=value,
            valid_from=TODAY + DAY,
            source="x",
            confidence="P",
            made_by_ref=rule.made_by_ref,
            made_at=AT,
        ).save()
    with connection.cursor() as cursor:  # even where somebody forces the row into the table
        cursor.execute("ALTER TABLE reference_rule DISABLE TRIGGER USER")
    Rule.objects.filter(pk=rule.pk).update(value=value)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reference_rule ENABLE TRIGGER USER")
    with pytest.raises(BadMatrix):
        a_decision(customer, item)


def test_what_is_not_proved_counts_as_failed() -> None:
    customer, item = a_balanced(), a_graded_item("R1", requirements=["qualified"])
    assert a_decision(customer, item).outcome == "refused"
    assert a_decision(customer, item, failed=frozenset({"qualified"})).outcome == "refused"
    assert a_decision(customer, item, met=frozenset({"qualified"})).outcome == "match"


# exposures


@pytest.mark.parametrize(("days", "outcome"), [(0, "refused"), (30, "refused")])
def test_what_we_showed_within_thirty_days_cannot_be_insisted_on(days: int, outcome: str) -> None:
    customer, item = a_balanced(), a_graded_item("R5")
    record_exposures(
        customer=customer, refs=[item.ref], way=Exposure.Way.SHOWN, at=AT - days * DAY
    )
    assert a_decision(customer, item).outcome == outcome


def test_after_thirty_days_and_for_others_it_can() -> None:
    customer, other, item = a_balanced(), somebody(), a_graded_item("R5")
    record_exposures(customer=customer, refs=[item.ref], way=Exposure.Way.SENT, at=AT - 31 * DAY)
    record_exposures(customer=other, refs=[item.ref], way=Exposure.Way.SENT, at=AT)
    assert a_decision(customer, item).outcome == "mismatch_insist_possible"


def test_a_list_is_one_insert_and_shown_twice_is_kept_once(django_assert_num_queries: Any) -> None:
    customer, refs = a_customer(), [a_graded_item().ref for _ in range(4)]
    with django_assert_num_queries(2):
        record_exposures(customer=customer, refs=refs, way=Exposure.Way.SHOWN, at=AT)
    record_exposures(customer=customer, refs=refs, way=Exposure.Way.SHOWN, at=AT)
    assert Exposure.objects.filter(customer=customer).count() == 4
    with pytest.raises(Exception, match="Cannot"), transaction.atomic():
        Exposure.objects.filter(customer=customer).delete()


# records


@pytest.mark.parametrize("change", TRIES, ids=lambda change: next(iter(change)))
def test_a_decision_never_changes(change: dict[str, Any]) -> None:
    row = a_decision(a_customer())
    with pytest.raises(IntegrityError):
        MatchRecord.objects.filter(pk=row.pk).update(**change)


def test_a_decision_is_never_deleted() -> None:
    row = a_decision(a_customer())
    with pytest.raises(Exception, match="Cannot delete"):
        row.delete()


def test_the_class_stands_in_no_readable_column_and_in_no_event() -> None:
    customer = a_balanced()
    found = investor_of(customer, TODAY).investor_class
    row = a_decision(customer, a_graded_item("R5"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM suitability_matchrecord t")
        raw = "".join(text for (text,) in cursor.fetchall())
    entry = Entry.objects.get(kind="suitability.match_decided", subject_ref=row.ref)
    assert f'"{found}"' not in raw
    assert str(found) not in str(entry.payload)


def test_replaying_gives_the_same_and_finds_what_was_changed() -> None:
    customer = a_balanced()
    a_decision(customer, a_graded_item("R1"))
    row = a_decision(customer, a_graded_item("R5"))
    out = StringIO()
    call_command("replay_decisions", since=TODAY, stdout=out)
    assert "2 decisions came out the same" in out.getvalue()

    row.result = (row.result or "").replace("mismatch_insist_possible", "match")
    row.save(update_fields=["result"])  # what a thief of the key could write
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("replay_decisions", stdout=out)
    assert str(row.ref) in out.getvalue()


@pytest.mark.parametrize(("language", "words"), [("en", "above your class"), ("zh-hans", "高于")])
def test_an_inspector_reads_a_decision_in_either_language(language: str, words: str) -> None:
    row = a_decision(a_balanced(), a_graded_item("R5"))
    out = StringIO()
    call_command("explain_decision", str(row.ref), language=language, stdout=out)
    assert words in out.getvalue()
    with pytest.raises(CommandError):
        call_command("explain_decision", "nothing")


@pytest.mark.django_db(transaction=True)
def test_two_officers_approve_at_once_and_one_of_them_counts() -> None:
    item = an_item()
    rows = [a_proposed_grade(item, "R2"), a_proposed_grade(item, "R4")]
    officers = [an_officer(), an_officer()]
    start, outcomes = Barrier(2), []

    def run(row: ItemGrade, by: Any) -> None:
        try:
            start.wait()
            approve(row, by=by)
            outcomes.append("approved")
        except (FourEyesRefused, IntegrityError):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in zip(rows, officers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "refused"]
    assert ItemGrade.objects.in_force(date(2026, 3, 2)).count() == 1
