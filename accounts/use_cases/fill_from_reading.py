"""What was read on a photograph fills empty fields; the person looks at it before it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.documents.merging import Origin, as_answers, merge
from accounts.models import Application, Reading, Section
from accounts.papers.kinds import CARD, paper_of
from accounts.states import Step
from accounts.use_cases.save_section import Answer, save_section
from brokerage.customers.models import Source
from brokerage.journal.actors import Actor

ORIGINS: Mapping[str, Origin] = {
    Source.OCR: Origin.READ,
    Source.CUSTOMER: Origin.TYPED,
    Source.STAFF: Origin.STAFF,
    Source.PARTNER: Origin.PARTNER,
}


def fill_from_reading(
    *, application: Application, reading: Reading, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """Fill the empty and formerly read fields of the identity section; call it in a transaction.

    A photograph that was replaced meanwhile and a step that is closed change nothing. The section
    is open again until the person has confirmed what was filled in.

    Args:
        application: locked by the caller.
        reading: read.
        actor: the reader.
        at: the instant.

    Returns:
        The fields that were filled.
    """
    section = Section.objects.filter(application=application, step=Step.IDENTITY).first()
    if section is None or not application.may_change(Step.IDENTITY):
        return ()
    if paper_of(section.answers) != CARD:
        return ()
    answers = section.answers
    if str(reading.file_ref) not in (answers.get("front"), answers.get("back")):
        return ()
    read = as_answers(reading.found)
    if answers.get("id_valid_to") or "id_valid_to" in read:
        read.pop("id_long_term", None)  # one of both, and the typed one stays
    if answers.get("id_long_term"):
        read.pop("id_valid_to", None)
    origins = {name: ORIGINS[mark["source"]] for name, mark in section.provenance.items()}
    texts = {name: str(value) for name, value in answers.items()}
    merged = merge(texts, origins, read)
    if not merged.filled:
        return ()
    values = {
        name: True if name == "id_long_term" else merged.values[name] for name in merged.filled
    }
    save_section(
        application=application,
        answer=Answer(
            step=Step.IDENTITY, values=values, version=section.version, source=Source.OCR
        ),
        actor=actor,
        at=at,
        blocked=True,
    )
    return merged.filled
