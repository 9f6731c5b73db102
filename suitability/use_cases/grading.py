"""Name an item and propose its grade; a second person approves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.refusals import RefusedInWords
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from brokerage.users.models import User
from suitability.events import GradeChanged, GradeProposed, ItemNamed
from suitability.models import GradedItem, ItemGrade
from suitability.rules.grades import Grade
from suitability.rules.grading import GradingInputs, grade_item
from suitability.selectors.rules import grading_rules_on
from suitability.wording import sentences


class UnableToGrade(RefusedInWords):
    """No such item or grade is possible."""


@transaction.atomic
def name_item(*, actor: Actor, at: datetime, **values: Any) -> GradedItem:
    """Add an item that can be graded.

    Args:
        values: the columns of GradedItem.

    Raises:
        UnableToGrade: `errors` names the fields.
    """
    item = GradedItem(created_at=at, **values)
    _check(item)
    item.save()
    record(ItemNamed(subject=item.ref), actor=actor, at=at)
    return item


def _graded(
    *, category: str, levels: Mapping[str, str], valid_from: date, proposed: str | None
) -> dict[str, str]:
    """The columns of a grade that the rules of `valid_from` give; see `propose_grade`.

    Raises:
        UnableToGrade: when a factor is missing or the grade would be too low.
    """
    try:
        rules = grading_rules_on(valid_from)
    except NoRuleInForce:
        raise UnableToGrade(_("No rules of grading are in force on that day.")) from None
    inputs = GradingInputs(
        rules=rules.version,
        category=category,
        levels=dict(levels),
        proposed=Grade(proposed) if proposed else None,
    )
    found = grade_item(inputs, rules)
    if found.grade is None or found.least is None:
        raise UnableToGrade(" ".join(sentences(found.reasons)))
    return {
        "grade": found.grade.value,
        "least": found.least.value,
        "floor": rules.floors[category].value,
        "inputs": inputs.to_json(),
        "reasons": found.to_json(),
        "rule_version": rules.version,
    }


@transaction.atomic
def propose_grade(
    *,
    item: GradedItem,
    category: str,
    levels: Mapping[str, str],
    valid_from: date,
    reason: str,
    maker: User,
    at: datetime,
    proposed: str | None = None,
) -> ItemGrade:
    """Propose the grade of an item: what its factors and its floor give, or higher.

    Args:
        category: of the self-regulatory catalogue.
        levels: by factor.
        valid_from: first business date of the grade; its rules are those of that day.
        reason: why it is graded, or graded anew.
        proposed: the firm's own grade where it is higher.

    Raises:
        UnableToGrade: when a factor is missing or the grade would be too low.
    """
    columns = _graded(category=category, levels=levels, valid_from=valid_from, proposed=proposed)
    row = ItemGrade(
        item=item,
        category=category,
        **columns,
        change_reason=reason.strip(),
        valid_from=valid_from,
        made_by_ref=maker.ref,
        made_at=at,
    )
    _check(row)
    row.save()
    record(
        GradeProposed(subject=row.ref, item=item.ref),
        actor=Actor.of(maker),
        at=at,
        rule_version=row.rule_version,
    )
    return row


def _check(row: GradedItem | ItemGrade) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToGrade(" ".join(error.messages), error.message_dict) from error


def grade_approved(row: ItemGrade, checker: User, at: datetime) -> None:
    """Tell higher apps that the grade of an item moves; runs in the approval's transaction."""
    before = ItemGrade.objects.approved().filter(item=row.item_id, valid_to=row.valid_from)
    old = before.exclude(pk=row.pk).values_list("grade", flat=True).first()
    record(
        GradeChanged(
            subject=row.ref,
            item=row.item.ref,
            grade_before=old or "",
            grade_after=row.grade,
            valid_from=row.valid_from,
        ),
        actor=Actor.of(checker),
        at=at,
        rule_version=row.rule_version,
    )
