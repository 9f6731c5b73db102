"""Kinds of unit, where each may stand in the tree, and which roles exclude each other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.roles import Role
from brokerage.core.states import StateTable


class Kind(models.TextChoices):
    """What a unit is; it never changes."""

    HEAD_OFFICE = "head_office", _("Head office")
    DEPARTMENT = "department", _("Department")
    BRANCH_COMPANY = "branch_company", _("Branch company")
    OUTLET = "outlet", _("Outlet")
    SERVICE_POINT = "service_point", _("Service point")


class OutletType(models.TextChoices):
    """How much of the trading system stands in an outlet (2012 SAC guidance)."""

    A = "A", _("Type A: full on-site trading")
    B = "B", _("Type B: partial on-site trading")
    C = "C", _("Type C: no on-site trading")


PARENTS: dict[Kind, frozenset[Kind]] = {
    Kind.HEAD_OFFICE: frozenset(),
    Kind.DEPARTMENT: frozenset({Kind.HEAD_OFFICE, Kind.DEPARTMENT}),
    Kind.BRANCH_COMPANY: frozenset({Kind.HEAD_OFFICE}),
    Kind.OUTLET: frozenset({Kind.BRANCH_COMPANY}),
    Kind.SERVICE_POINT: frozenset({Kind.OUTLET, Kind.BRANCH_COMPANY}),
}
"""Under which kinds a unit may stand. The trigger of migration 0002 holds the same table."""


class Side(models.TextChoices):
    """Whoever wins customers does not open, check or visit, and whoever controls does neither."""

    SELLS = "sells", _("wins customers")
    CHECKS = "checks", _("opens, checks and visits")
    CONTROLS = "controls", _("controls")


SIDES: dict[Role, Side] = {
    Role.ADVISER: Side.SELLS,
    Role.PARTNER_MANAGER: Side.SELLS,
    Role.OPENING_OFFICER: Side.CHECKS,
    Role.REVIEWER: Side.CHECKS,
    Role.CALL_CENTRE: Side.CHECKS,
    Role.COMPLIANCE: Side.CONTROLS,
    Role.AUDITOR: Side.CONTROLS,
}
"""One person stands on one side at a time (CSRC Order 204); other roles stand on none.

An exclusion constraint on StaffAssignment holds it in the database.
"""

HEAD = Role.BRANCH_MANAGER
ACTING_MONTHS = 3


class Weekday(models.IntegerChoices):
    """As ISO counts them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class Access(models.TextChoices):
    """What somebody has to know who comes on wheels, with a stick, a dog or a child."""

    STEP_FREE = "step_free", _("Step-free entrance")
    LIFT = "lift", _("Lift")
    LOW_COUNTER = "low_counter", _("Low counter")
    TOILET = "toilet", _("Accessible toilet")
    HEARING_LOOP = "hearing_loop", _("Hearing loop")
    SIGN_LANGUAGE = "sign_language", _("Sign language by appointment")
    GUIDE_DOGS = "guide_dogs", _("Guide dogs welcome")
    PARKING = "parking", _("Accessible parking")


class Language(models.TextChoices):
    """Languages in which customers are served."""

    MANDARIN = "cmn", _("Mandarin")
    CANTONESE = "yue", _("Cantonese")
    WU = "wuu", _("Wu")
    ENGLISH = "en", _("English")
    JAPANESE = "ja", _("Japanese")
    KOREAN = "ko", _("Korean")
    TIBETAN = "bo", _("Tibetan")
    UYGHUR = "ug", _("Uyghur")
    MONGOLIAN = "mn", _("Mongolian")


class RoomKind(models.TextChoices):
    """What a room is for."""

    COUNTER = "counter", _("Counter")
    TALK = "talk", _("Meeting room")
    RECORDING = "recording", _("Room for recordings")
    HALL = "hall", _("Hall for events")


class LeaveKind(models.TextChoices):
    """Why somebody is away, as far as a rule asks."""

    ORDINARY = "ordinary", _("Leave")
    FORCED = "forced", _("Forced leave")


class CodePurpose(models.TextChoices):
    """Where an entry code leads."""

    OPEN_ACCOUNT = "open_account", _("Open an account")
    VISIT = "visit", _("Book a visit")


class CodeEnd(models.TextChoices):
    """Why a code ended before its time."""

    TAKEN_BACK = "taken_back", _("Taken back")
    RELOCATED = "relocated", _("The place moved")
    CLOSED = "closed", _("The place closed")
    LEFT = "left", _("The person left")
    REPLACED = "replaced", _("Replaced")


class ProcedureKind(models.TextChoices):
    """What happens to a unit."""

    OPENING = "opening", _("Opening")
    RELOCATION = "relocation", _("Relocation")
    CLOSING = "closing", _("Closing")
    TYPE_CHANGE = "type_change", _("Change of type")
    POINT = "point", _("Opening of a service point")


class ProcedureStatus(models.TextChoices):
    """How far a procedure is."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Called off")


PROCEDURE_STEPS = StateTable(
    {
        ProcedureStatus.RUNNING: {ProcedureStatus.DONE, ProcedureStatus.CANCELLED},
        ProcedureStatus.DONE: (),
        ProcedureStatus.CANCELLED: (),
    }
)


class DepartureStatus(models.TextChoices):
    """How far a departure is."""

    RUNNING = "running", _("Handing over")
    DONE = "done", _("Handed over")
    CANCELLED = "cancelled", _("Called off")


DEPARTURE_STEPS = StateTable(
    {
        DepartureStatus.RUNNING: {DepartureStatus.DONE, DepartureStatus.CANCELLED},
        DepartureStatus.DONE: (),
        DepartureStatus.CANCELLED: (),
    }
)
