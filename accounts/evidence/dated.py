"""The dated figures of the evidence: their form, and how the release loads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.evidence.states import WitnessingMode
from brokerage.files.chapters import check_script
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

DEPOSITORY_WINDOW = "accounts.depository_window"
CHECK_PATIENCE = "accounts.check_patience"
PIN_ATTEMPTS = "accounts.pin_attempts"
PIN_PAUSE = "accounts.pin_pause"
REUSE = "accounts.reuse"
VIDEO_MODE = "accounts.video_mode"
VIDEO_SCRIPT = "accounts.video_script"
FILE = Path(__file__).parents[1] / "reference" / "evidence_rules.yaml"


def _window(value: Any) -> None:
    if not isinstance(value, dict) or sorted(value) != ["closes", "opens"]:
        raise BadRuleValue("A window has opens and closes.")
    try:
        opens, closes = (time.fromisoformat(str(value[name])) for name in ("opens", "closes"))
    except ValueError:
        raise BadRuleValue("Times read as 09:00.") from None
    if opens >= closes:
        raise BadRuleValue("A window closes after it opens.")


def _script(value: Any) -> None:
    try:
        check_script(value)
    except ValueError as error:
        raise BadRuleValue(str(error)) from None


ONLINE = frozenset({WitnessingMode.ONE_WAY.value})
"""Modes that can be used online. A video call with a witness comes in with its pages: until then
a rule that names it would call a recording of the customer's own a call."""
SCHEMAS = (
    Schema(
        key=VIDEO_MODE,
        label=_("How a person is witnessed online"),
        type=Type.TEXT,
        choices=ONLINE,
    ),
    Schema(
        key=VIDEO_SCRIPT,
        label=_("Chapters of the video"),
        type=Type.TABLE,
        check=_script,
    ),
    Schema(
        key=DEPOSITORY_WINDOW,
        label=_("When the depository answers on trading days"),
        type=Type.TABLE,
        check=_window,
    ),
    Schema(
        key=CHECK_PATIENCE,
        label=_("How long a question outside is asked again"),
        type=Type.INTEGER,
        unit="hours",
        least=1,
        most=24 * 30,
    ),
    Schema(
        key=REUSE,
        label=_("How long an expired application gives its evidence to the next one"),
        type=Type.TABLE,
        check=table_of(whole("days", 1, 366), whole("police_days", 0, 366)),
    ),
    Schema(
        key=PIN_ATTEMPTS,
        label=_("Wrong trading or fund passwords until a pause"),
        type=Type.INTEGER,
        least=3,
        most=10,
    ),
    Schema(
        key=PIN_PAUSE,
        label=_("Pause after too many wrong passwords"),
        type=Type.INTEGER,
        unit="minutes",
        least=5,
        most=24 * 60,
    ),
)


@dataclass(frozen=True)
class ReuseTerms:
    """The dated rule `accounts.reuse`.

    Attributes:
        version: of the rule.
        days: so long after it expired an application gives its photos and its origin.
        police_days: so old an answer of the police may be.
    """

    version: str
    days: int
    police_days: int


def reuse_terms(on: date) -> ReuseTerms:
    """What an expired application still proves on the business date `on`."""
    rule = Rule.objects.in_force(REUSE, on)
    return ReuseTerms(version=rule.version, **rule.figure)


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("accounts.evidence_rules", FILE, *SCHEMAS)
