"""Keep a photograph of the document as soon as it is there, and have it read meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.evidence.events import DocumentsSent
from accounts.evidence.states import CardSide
from accounts.facts import known_section
from accounts.models import Application, Reading, Section
from accounts.papers.kinds import CARD, PROOFS, paper_of
from accounts.selectors import section_of
from accounts.states import Step
from accounts.use_cases.readings import have_read
from accounts.use_cases.save_section import Answer, save_in_locked
from accounts.use_cases.writing import lock_in_hand
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

SIDES: dict[str, CardSide] = {"front": CardSide.PORTRAIT, "back": CardSide.EMBLEM}
"""Field of the identity section → the side of the card that it shows."""


@dataclass(frozen=True)
class KeptPhoto:
    """A photograph that stands in the identity section.

    Attributes:
        section: as it is with it.
        reading: that was asked for; None of a paper that the reader does not know.
        known: whether the page had seen everything that stood there before.
    """

    section: Section
    reading: Reading | None
    known: bool


def keep_photo(
    *,
    application: Application,
    side: str,
    file_ref: UUID,
    version: int,
    actor: Actor,
    at: datetime,
) -> KeptPhoto:
    """Put a stored photograph into the identity section, whatever else changed there meanwhile.

    The step is not finished by it: the person still says that everything is right. Call it in the
    transaction that keeps the file.

    Args:
        application: locked here.
        side: a key of SIDES.
        file_ref: of the file (purpose accounts.identity_document).
        version: of the section, as the page shows it.
        actor: whose photograph.
        at: the instant.

    Raises:
        StepRefused: when the step is closed.
    """
    row = lock_in_hand(application)
    section = _section(row)
    known = section.is_known_at(version)
    answer = Answer(step=Step.IDENTITY, values={side: str(file_ref)}, version=section.version)
    save_in_locked(
        row=row,
        answer=answer,
        actor=actor,
        at=at,
        blocked=not section.is_done,
        section=section,
    )
    reading = None
    if paper_of(section.answers) == CARD:  # the reader knows no other paper
        reading = have_read(application=row, file_ref=file_ref, side=SIDES[side], at=at)
    return KeptPhoto(section, reading, known)


def pictures_of(application: Application, section: Section | None = None) -> dict[str, UUID]:
    """The pictures that count now: name of the field → ref of the file.

    Args:
        section: of the document, where the caller has it.
    """
    section = section or section_of(application, Step.IDENTITY)
    answers = section.answers if section else {}
    return {name: UUID(ref) for name in (*SIDES, *PROOFS) if (ref := answers.get(name))}


def tell_pictures(
    *,
    application: Application,
    pictures: Mapping[str, UUID],
    hashes: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> None:
    """Write down which pictures were sent, with their hashes: from now on none can be swapped.

    Args:
        application: locked by the caller.
        pictures: those that count (`pictures_of`).
        hashes: of their files by ref, of those that are there.
        actor: who sends it.
        at: the instant.
    """
    found = {name: (ref, hashes.get(str(ref))) for name, ref in pictures.items()}
    told = tuple(f"{name} {ref} {sha}" for name, (ref, sha) in found.items() if sha)
    record(DocumentsSent(subject=application.ref, pictures=told), actor=actor, at=at)


def _section(application: Application) -> Section:
    found = known_section(application, Step.IDENTITY)
    return found or Section(application=application, step=Step.IDENTITY)
