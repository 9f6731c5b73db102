"""The dated rules about institutions: what each kind may do, and what it may be paid for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship
from partners.states import DISPLAYABLE, LAWFUL, Activity, PartnerKind

ACTIVITIES = "partners.activities"
FEE_BASES = "partners.fee_bases"
SHELF = "partners.shelf"
LEADS = "partners.leads"
LINKS = "partners.links"
COUNTS = "partners.counts"
STATEMENTS = "partners.statements"
STATEMENTS_AFTER = "partners.statements_after"
REMARKS = "partners.remarks"
ENQUIRIES = "partners.enquiries"
CALLS = "partners.calls"
HEALTH = "partners.health"
HEALTH_LIMITS = "partners.health_limits"
OPERATORS = "partners.operators"
KEEPING_ENQUIRIES = "retention.partner_enquiries"
KEEPING = "retention.leads"
KEEPING_OPERATORS = "retention.partner_operators"
KEEPING_REMARKS = "retention.partner_remarks"
KEEPING_MATERIALS = "retention.partner_materials"
KEEPING_DELIVERIES = "retention.webhook_deliveries"
FILE = Path(__file__).with_name("reference") / "rules.yaml"


def _check_activities(value: Any) -> None:
    _check_kinds(value, set(Activity.values))


def _check_bases(value: Any) -> None:
    _check_kinds(value, set(LAWFUL))


def _check_families(value: Any) -> None:
    _check_kinds(value, {each.value for each in DISPLAYABLE})


def _check_kinds(value: Any, known: set[str]) -> None:
    """Every kind with a list of known words."""
    if not isinstance(value, dict) or set(value) != set(PartnerKind.values):
        raise BadRuleValue(f"The table names exactly {', '.join(PartnerKind.values)}.")
    for words in value.values():
        if not isinstance(words, list) or not set(words) <= known:
            raise BadRuleValue(f"Each list holds words of {', '.join(sorted(known))}.")


SCHEMAS = (
    Schema(
        key=ACTIVITIES,
        label=_("What each kind of institution may do"),
        type=Type.TABLE,
        check=_check_activities,
    ),
    Schema(
        key=FEE_BASES,
        label=_("What each kind of institution may be paid for"),
        type=Type.TABLE,
        check=_check_bases,
    ),
    Schema(
        key=SHELF,
        label=_("Families of products that each kind of institution may display"),
        type=Type.TABLE,
        check=_check_families,
    ),
    Schema(
        key=LEADS,
        label=_("How long a lead is protected, and how old the consent behind it may be"),
        type=Type.TABLE,
        check=table_of(
            whole("protection_days", 1, 365),
            whole("consent_days", 1, 365),
        ),
    ),
    Schema(
        key=LINKS,
        label=_("How long a link of an institution works"),
        type=Type.TABLE,
        check=table_of(whole("days", 1, 365)),
    ),
    Schema(
        key=COUNTS,
        label=_("The smallest count of customers that an institution is told"),
        type=Type.TABLE,
        check=table_of(whole("least", 2, 1000)),
    ),
    Schema(
        key=STATEMENTS,
        label=_("Until when a statement may be disputed, and by when we answer (working days)"),
        type=Type.TABLE,
        check=table_of(whole("dispute_days", 1, 250), whole("answer_days", 1, 250)),
    ),
    Schema(
        key=STATEMENTS_AFTER,
        label=_("How long an institution reads its statements after its last contract"),
        type=Type.PERIOD,
    ),
    Schema(
        key=REMARKS,
        label=_("By when suggestions and complaints of institutions are answered (working days)"),
        type=Type.TABLE,
        check=table_of(whole("suggestion_days", 1, 250), whole("complaint_days", 1, 250)),
    ),
    Schema(
        key=ENQUIRIES,
        label=_("By when enquiries of institutions are answered (working days)"),
        type=Type.TABLE,
        check=table_of(whole("answer_days", 1, 250)),
    ),
    Schema(
        key=CALLS,
        label=_("How often a program of an institution may call, where nothing else is agreed"),
        type=Type.INTEGER,
        unit="calls a minute",
        least=1,
        most=10_000,
    ),
    Schema(
        key=HEALTH,
        label=_("Days that the health of institutions is about, and what counts as closed early"),
        type=Type.TABLE,
        check=table_of(whole("period_days", 7, 366), whole("early_days", 1, 1000)),
    ),
    Schema(
        key=HEALTH_LIMITS,
        label=_("From which figures on somebody should look at an institution"),
        type=Type.TABLE,
        check=table_of(whole("customers_complaints", 1, 10_000), whole("early_percent", 1, 100)),
    ),
    Schema(
        key=OPERATORS,
        label=_("Hours that an invitation of an operator holds, and how many one institution has"),
        type=Type.TABLE,
        check=table_of(whole("invitation_hours", 1, 336), whole("most", 1, 200)),
    ),
    Schema(
        key=KEEPING_OPERATORS,
        label=_("Keep operators of institutions who left, and invitations nobody took up, for"),
        type=Type.PERIOD,
    ),
    Schema(
        key=KEEPING_ENQUIRIES,
        label=_("Keep answered enquiries of institutions for"),
        type=Type.PERIOD,
    ),
    Schema(key=KEEPING, label=_("Keep leads that ended for"), type=Type.PERIOD),
    Schema(
        key=KEEPING_REMARKS,
        label=_("Keep answered remarks of institutions for"),
        type=Type.PERIOD,
    ),
    Schema(
        key=KEEPING_MATERIALS,
        label=_("Keep materials of institutions for"),
        type=Type.PERIOD,
    ),
    Schema(key=KEEPING_DELIVERIES, label=_("Keep the log of webhooks for"), type=Type.PERIOD),
)


def register() -> None:
    """Make the rules known to the loader."""
    ship("partners", FILE, *SCHEMAS)
