"""Every answer is saved as it is given, with where it came from; nothing is overwritten unseen."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import StepSaved
from accounts.facts import forget, known_section, note_section
from accounts.models import Application, Section
from accounts.rules.sections import EMPTY, lacking
from accounts.states import SectionStatus, Step
from accounts.use_cases.signing import reopen_agreements
from accounts.use_cases.timing import time_of
from accounts.use_cases.writing import keep, lock_in_hand
from brokerage.core.saving import Write, write_of
from brokerage.customers.models import Source
from brokerage.journal.actors import Actor

SIGNER = frozenset({"name", "id_number", "paper"})
"""Fields of the document that stand in the signature."""
COMPUTED = frozenset({"asked", "form_version", "entity", "us_asked"})
"""Answers that follow from others: nobody filled them in."""
WHOLE = (SectionStatus.ENTERED, SectionStatus.COMPLETE)
"""Nothing is missing in the answers themselves."""
WRITTEN = (
    "status",
    "version",
    "human_version",
    "values",
    "provenance",
    "lack",
    "customer_note",
    "staff_note",
    "updated_at",
)
"""What an answer changes of its section."""
Change = Callable[[Application], None]


class StepRefused(Exception):
    """The answer was not kept; the message is translated and may be shown."""


class ChangedElsewhere(StepRefused):
    """Another device changed the section after this page was made."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody gives for one step.

    Attributes:
        step: which.
        values: field → text, list of texts, or True; "" takes a value back.
        version: of the section, as the page showed it (0: nobody had begun).
        source: where the values come from.
        seen_at: when the page was made, for the measured time; None where nobody looked at one.
    """

    step: Step
    values: Mapping[str, Any]
    version: int
    source: Source = Source.CUSTOMER
    seen_at: datetime | None = None


def save_section(
    *,
    application: Application,
    answer: Answer,
    actor: Actor,
    at: datetime,
    change: Change | None = None,
    blocked: bool = False,
    section: Section | None = None,
) -> Application:
    """Keep the answers of one step.

    Args:
        application: locked here; the one in hand is written where nobody wrote since it was read.
        answer: values whose form was checked; other fields of the section stay as they are.
        actor: who answers.
        at: the instant.
        change: sets columns of the application that follow from the answers.
        blocked: the values are kept, but the step cannot be finished with them.
        section: that of the step, read with the application or after it.

    Returns:
        The application with its new version; facts that it had in hand know of the answers.

    Raises:
        StepRefused: when the step is closed, or (ChangedElsewhere) the page is out of date.
    """
    with transaction.atomic():
        row = lock_in_hand(application)
        return save_in_locked(
            row=row,
            answer=answer,
            actor=actor,
            at=at,
            change=change,
            blocked=blocked,
            section=section if row is application else None,
        )


def save_in_locked(
    *,
    row: Application,
    answer: Answer,
    actor: Actor,
    at: datetime,
    change: Change | None = None,
    blocked: bool = False,
    section: Section | None = None,
) -> Application:
    """As `save_section`, within a transaction whose caller holds the lock.

    Args:
        row: the application, locked.
        section: that of the step, where the caller read it since.
    """
    if not row.may_change(answer.step):
        raise StepRefused(_("This step is closed. What you sent stays as it is."))
    section = section or _section(row, answer.step)
    before = section.answers
    after = {**before, **_counting(section, answer)}
    after = {name: value for name, value in after.items() if value not in EMPTY}
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    status = _status(section, answer, after, blocked)
    if not changed and section.pk and section.status == status:
        return row  # the same answers again, from wherever: nothing to lose
    if changed and not section.is_known_at(answer.version):
        raise ChangedElsewhere(
            _("Somebody changed this on another device meanwhile. Nothing was overwritten.")
        )
    finished = status in WHOLE and section.status not in WHOLE and not section.is_done
    _fill(section, after, changed, status, answer.source, actor, at)
    note_section(row, section)
    if change:
        filmed_as = row.modes_that_count
        change(row)
        if row.modes_that_count != filmed_as:
            forget(row)  # another video counts
    rows = [write_of(section, WRITTEN)]
    if _was_signed(answer.step, changed):
        rows += reopen_agreements(application=row)  # a signature under other facts counts no more
    if finished:
        rows += _timed(answer, changed, at)
    return keep(
        row,
        StepSaved,
        actor=actor,
        at=at,
        was=row.status,
        rows=rows,
        step=answer.step.value,
        section=section.status,
        source=str(answer.source),
        fields=tuple(sorted(changed)),
    )


def _was_signed(step: Step, changed: Collection[str]) -> bool:
    """Whether a signature stands under what changed: name and number, or the tax declaration."""
    return bool(SIGNER & set(changed) if step == Step.IDENTITY else step == Step.TAX and changed)


def _section(application: Application, step: str) -> Section:
    return known_section(application, step) or Section(application=application, step=step)


def _counting(section: Section, answer: Answer) -> dict[str, Any]:
    """The values that count: what a machine read never replaces what a person typed.

    A field that was filled by reading after the page was made stands empty in it; that takes
    nothing back.
    """
    read = {name for name, mark in section.provenance.items() if mark["source"] == str(Source.OCR)}
    if answer.source == Source.OCR:
        kept = section.answers
        return {k: v for k, v in answer.values.items() if k in read or k not in kept}
    if answer.version == section.version:
        return dict(answer.values)
    return {k: v for k, v in answer.values.items() if k not in read or v not in EMPTY}


def _status(
    section: Section, answer: Answer, answers: Mapping[str, Any], blocked: bool
) -> SectionStatus:
    if blocked or lacking(answer.step, answers):
        return SectionStatus.INCOMPLETE
    # what staff entered is the customer's once the customer confirmed it; no machine does that
    still = section.status == SectionStatus.ENTERED and answer.source == Source.OCR
    entered = still or answer.source == Source.STAFF
    return SectionStatus.ENTERED if entered else SectionStatus.COMPLETE


def _fill(
    section: Section,
    answers: dict[str, Any],
    changed: list[str],
    status: SectionStatus,
    source: Source,
    actor: Actor,
    at: datetime,
) -> None:
    if section.status != status:
        section.move_to(status)
    mark = {"source": str(source), "at": at.isoformat(), "by": str(actor.ref or "")}
    marks = {**section.provenance, **dict.fromkeys(changed, mark)}
    section.provenance = {name: marks[name] for name in answers if name in marks}
    section.values = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    section.human_version = _last_by_people(section) if source == Source.OCR else None
    section.version += 1
    section.lack, section.customer_note, section.staff_note = "", "", ""
    section.updated_at = at


def _last_by_people(section: Section) -> int:
    return section.version if section.human_version is None else section.human_version


def _timed(answer: Answer, changed: list[str], at: datetime) -> list[Write]:
    """The time that the step took, to be kept; where its page is not known nothing is measured."""
    if answer.seen_at is None:
        return []
    people = answer.source in (Source.CUSTOMER, Source.STAFF)
    timed = time_of(
        answer.step,
        since=answer.seen_at,
        at=at,
        typed=len(set(changed) - COMPUTED) if people else 0,
        assisted=answer.source == Source.STAFF,
    )
    return [write_of(timed)] if timed else []
