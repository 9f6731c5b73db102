"""Why: each reason is a code with parameters. `suitability/wording.py` makes sentences of them.

A code is never renamed or reused once released: decisions of twenty years carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from suitability.rules.records import Recorded, decimal_text


class Code(StrEnum):
    """Every reason there is."""

    # matching
    ENTRY_FAILED = "entry_failed"
    ENTRY_UNPROVEN = "entry_unproven"
    LOWEST_ABOVE_R1 = "lowest_above_r1"
    LOWEST_NO_PERMISSION = "lowest_no_permission"
    LOWEST_CANNOT_INSIST = "lowest_cannot_insist"
    ASSESSMENT_MISSING = "assessment_missing"
    ASSESSMENT_VALID = "assessment_valid"
    ASSESSMENT_EXPIRED = "assessment_expired"
    RISK_FITS = "risk_fits"
    RISK_ABOVE_CLASS = "risk_above_class"
    HORIZON_FITS = "horizon_fits"
    HORIZON_TOO_LONG = "horizon_too_long"
    HORIZON_UNKNOWN = "horizon_unknown"
    TYPE_FITS = "type_fits"
    TYPE_NOT_WANTED = "type_not_wanted"
    TYPE_UNKNOWN = "type_unknown"
    PROFESSIONAL = "professional"
    OFFERED_BY_US = "offered_by_us"
    # the insist route
    NOT_ASKED = "not_asked"
    NOTHING_TO_INSIST_ON = "nothing_to_insist_on"
    WARNING_MISSING = "warning_missing"
    WARNING_OUTDATED = "warning_outdated"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    PAUSE_TOO_SHORT = "pause_too_short"
    NOT_CONFIRMED_AGAIN = "not_confirmed_again"
    TRACE_MISSING = "trace_missing"
    RECORDING_MISSING = "recording_missing"
    RECORDING_INCOMPLETE = "recording_incomplete"
    RECORDING_UNCHECKED = "recording_unchecked"
    # before a sale
    NOTICE_NOT_SHOWN = "notice_not_shown"
    NOTICE_OUTDATED = "notice_outdated"
    NOTICE_NOT_ACKNOWLEDGED = "notice_not_acknowledged"
    NOTICE_READ_TOO_FAST = "notice_read_too_fast"
    INFORMATION_MISSING = "information_missing"
    SALE_NOT_CONFIRMED = "sale_not_confirmed"
    THINKING_TOO_SHORT = "thinking_too_short"
    # contradictions in an assessment
    AGE_DIFFERS = "age_differs"
    ASSETS_OVER_INCOME = "assets_over_income"
    EXPERIENCE_BEFORE_FIRST_TRADE = "experience_before_first_trade"
    DEGREE_DIFFERS = "degree_differs"
    ANSWERS_DISAGREE = "answers_disagree"
    # the lowest class
    ANSWER_MAKES_LOWEST = "answer_makes_lowest"
    DECLARATION_MAKES_LOWEST = "declaration_makes_lowest"
    UNDER_AGE = "under_age"
    # retakes
    NOTHING_CHANGED = "nothing_changed"
    CAP_OF_THE_DAY = "cap_of_the_day"
    CAP_OF_THE_YEAR = "cap_of_the_year"
    JUMP_AFTER_REFUSAL = "jump_after_refusal"
    # signals of coaching
    SAME_DEVICE = "same_device"
    SAME_OUTLET = "same_outlet"
    NEAR_IDENTICAL = "near_identical"
    TOO_FAST = "too_fast"
    # conditions: professional investors and trading permissions
    ENOUGH = "enough"
    TOO_LITTLE = "too_little"
    UNPROVEN = "unproven"
    PROOF_OF_OTHER_DATE = "proof_of_other_date"
    PROOF_TOO_OLD = "proof_too_old"
    FACT_HOLDS = "fact_holds"
    FACT_LACKS = "fact_lacks"
    ONE_IS_ENOUGH = "one_is_enough"
    AVERAGE_ENOUGH = "average_enough"
    AVERAGE_TOO_LOW = "average_too_low"
    DEPOSIT_MUST_STAY = "deposit_must_stay"
    AVERAGE_UNKNOWN = "average_unknown"
    AVERAGE_FEW_DAYS = "average_few_days"
    AVERAGE_OFTEN_ENOUGH = "average_often_enough"
    AVERAGE_WAITS = "average_waits"
    AVERAGE_LEAVES_OUT = "average_leaves_out"
    EXPERIENCE_ENOUGH = "experience_enough"
    EXPERIENCE_TOO_SHORT = "experience_too_short"
    EXPERIENCE_NOT_BEGUN = "experience_not_begun"
    EXPERIENCE_UNKNOWN = "experience_unknown"
    TEST_PASSED = "test_passed"
    TEST_TO_PASS = "test_to_pass"  # noqa: S105 - a code, no secret
    CLASS_ENOUGH = "class_enough"
    CLASS_TOO_LOW = "class_too_low"
    # conversion
    STEP_MISSING = "step_missing"
    LOWEST_CANNOT_CONVERT = "lowest_cannot_convert"
    NOT_CONVERTIBLE = "not_convertible"
    NOTICE_MISSING = "notice_missing"
    NOTICE_ACCEPTED = "notice_accepted"
    STATUS_PROVED = "status_proved"
    # grading
    FACTOR_SETS = "factor_sets"
    FACTOR_MISSING = "factor_missing"
    FLOOR_SETS = "floor_sets"
    FIRM_SETS = "firm_sets"
    BELOW_FLOOR = "below_floor"
    BELOW_FACTORS = "below_factors"


PARAMETERS: dict[Code, frozenset[str]] = {
    Code(code): frozenset(names.split())
    for code, names in {
        "entry_failed": "requirement",
        "entry_unproven": "requirement",
        "lowest_above_r1": "grade",
        "assessment_valid": "date",
        "assessment_expired": "date",
        "risk_fits": "class grade",
        "risk_above_class": "class grade",
        "horizon_fits": "months",
        "horizon_too_long": "limit months",
        "type_fits": "type",
        "type_not_wanted": "type",
        "professional": "kind",
        "offered_by_us": "date days",
        "warning_outdated": "version",
        "pause_too_short": "minutes",
        "recording_incomplete": "count",
        "notice_not_shown": "notice",
        "notice_outdated": "notice",
        "notice_not_acknowledged": "notice",
        "notice_read_too_fast": "notice seconds",
        "thinking_too_short": "hours",
        "age_differs": "question",
        "assets_over_income": "question",
        "experience_before_first_trade": "date question",
        "degree_differs": "question",
        "answers_disagree": "other question",
        "answer_makes_lowest": "question",
        "declaration_makes_lowest": "declaration",
        "under_age": "years",
        "cap_of_the_day": "date limit",
        "cap_of_the_year": "date limit",
        "jump_after_refusal": "after before date",
        "same_device": "count",
        "same_outlet": "count",
        "near_identical": "count percent",
        "too_fast": "limit seconds",
        "enough": "amount fact needed",
        "too_little": "amount fact missing needed",
        "unproven": "fact",
        "proof_of_other_date": "date fact",
        "proof_too_old": "date fact",
        "fact_holds": "fact",
        "fact_lacks": "fact",
        "average_enough": "amount days needed",
        "average_too_low": "amount days missing needed",
        "deposit_must_stay": "days missing",
        "average_unknown": "days needed",
        "average_few_days": "days found needed",
        "average_often_enough": "days found needed",
        "average_waits": "date",
        "average_leaves_out": "date",
        "experience_enough": "months",
        "experience_too_short": "date months",
        "experience_not_begun": "months",
        "experience_unknown": "months",
        "test_passed": "score",
        "test_to_pass": "score",
        "class_enough": "class",
        "class_too_low": "class",
        "step_missing": "step",
        "not_convertible": "kind",
        "factor_sets": "factor grade",
        "factor_missing": "factor",
        "floor_sets": "category grade",
        "firm_sets": "grade",
        "below_floor": "category grade",
        "below_factors": "grade",
    }.items()
}
"""Names of the parameters by code; a code that is not here has none."""

_NONE: frozenset[str] = frozenset()
Value = str | int | date | Decimal


@dataclass(frozen=True)
class Reason(Recorded):
    """One reason. Parameters are text in canonical form: dates ISO, amounts in yuan."""

    code: Code
    params: tuple[tuple[str, str], ...] = ()

    @property
    def parameters(self) -> dict[str, str]:
        return dict(self.params)


@lru_cache(maxsize=4096, typed=True)
def because(code: Code, /, **params: Value) -> Reason:
    """A reason with exactly the parameters of its code.

    Raises:
        TypeError: when a parameter is missing or unknown.
    """
    if params.keys() != PARAMETERS.get(code, _NONE):
        raise TypeError(f"{code} takes {sorted(PARAMETERS.get(code, _NONE))}")
    return Reason(code, tuple((name, _text(params[name])) for name in sorted(params)))


def _text(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
