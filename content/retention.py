"""Readings and wishes of customers, and texts that came to nothing, end with their term."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.retention import Policy, Rows, delete
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from content.dated import RETENTION
from content.models import (
    CoolingOff,
    Follow,
    PutOffReminder,
    RawItem,
    Read,
    Reminder,
    ReminderMute,
)
from content.states import RawStatus

ACTOR = Actor.system("content.retention")


def old_reads(before: datetime) -> Rows:
    """Readings that were last touched before `before`."""
    return Read.objects.filter(last_at__lt=before)


def left_wishes(before: datetime) -> Rows:
    """Wishes of customers who left before `before`."""
    return Follow.objects.filter(customer__closed_at__lt=before)


def old_reminders(before: datetime) -> Rows:
    """Reminders made before `before`."""
    return Reminder.objects.filter(made_at__lt=before)


def left_mutes(before: datetime) -> Rows:
    """Muted kinds of customers who left before `before`."""
    return ReminderMute.objects.filter(customer__closed_at__lt=before)


def left_put_off(before: datetime) -> Rows:
    """Reminders put off of customers who left before `before`; others lapse in a few days."""
    return PutOffReminder.objects.filter(customer__closed_at__lt=before)


def old_coolings_off(before: datetime) -> Rows:
    """Times without offers that ended before `before`."""
    return CoolingOff.objects.filter(until__lt=before)


def dropped_texts(before: datetime) -> Rows:
    """Texts that were dropped before `before` and that no kept copy points at."""
    rows = RawItem.objects.filter(status=RawStatus.DROPPED, decided_at__lt=before)
    return rows.filter(copies=None)


def forget_texts(rows: Rows) -> int:
    """Delete texts together with their PDFs."""
    files.dispose_of_owners(
        owner_type="content.rawitem",
        owner_refs=rows.values_list("ref", flat=True),
        actor=ACTOR,
        at=clock.now(),
        reason="kept long enough",
    )
    return delete(rows)


POLICIES = (
    Policy(
        key="content.reads",
        label=_("What customers read"),
        rule=RETENTION,
        due=old_reads,
        held_by={"customers.customer": "customer__ref"},
    ),
    Policy(
        key="content.follows",
        label=_("What customers follow and mute"),
        rule=RETENTION,
        due=left_wishes,
        held_by={"customers.customer": "customer__ref"},
    ),
    Policy(
        key="content.reminders",
        label=_("Reminders to customers"),
        rule=RETENTION,
        due=old_reminders,
        held_by={"customers.customer": "customer__ref"},
    ),
    Policy(
        key="content.reminder_mutes",
        label=_("Reminders that customers muted"),
        rule=RETENTION,
        due=left_mutes,
        held_by={"customers.customer": "customer__ref"},
    ),
    Policy(
        key="content.put_off_reminders",
        label=_("Reminders that were put off"),
        rule=RETENTION,
        due=left_put_off,
        held_by={"customers.customer": "customer__ref"},
    ),
    Policy(
        key="content.coolings_off",
        label=_("Times without offers"),
        rule=RETENTION,
        due=old_coolings_off,
        held_by={"customers.customer": "customer__ref"},
    ),
    Policy(
        key="content.dropped_texts",
        label=_("Texts that were dropped"),
        rule=RETENTION,
        due=dropped_texts,
        held_by={},
        dispose=forget_texts,
    ),
)
