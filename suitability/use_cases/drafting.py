"""Write the next version of a paper, and propose it to a second compliance officer."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import Confidence
from suitability.events import PaperChanged, PaperDrafted, PaperDropped, PaperProposed
from suitability.models import PaperDraft, Questionnaire
from suitability.paper_checks import problems_of

Content = dict[str, Any]


class UnableToDraft(Exception):
    """The draft stays as it was; the message is translated and may be shown."""


def draft_paper(
    *, base: Questionnaire, valid_from: date, note: str, maker: Any, at: datetime
) -> PaperDraft:
    """Begin the next version of a paper from one of its approved versions.

    Args:
        base: whose content is taken over.
        valid_from: the first day on which the new one is to count.
        note: what changes, and why.
        maker: the log-in of a compliance officer.

    Raises:
        UnableToDraft: when somebody is writing one already, or the day is not ahead.
    """
    _require_ahead(valid_from, at)
    if not base.is_approved:
        raise UnableToDraft(_("Begin from a version that was approved."))
    if not note.strip():
        raise UnableToDraft(_("Say what changes, and why."))
    draft = PaperDraft(
        base=base,
        key=base.key,
        content=deepcopy(base.value),
        valid_from=valid_from,
        change_note=note.strip(),
        hands=[str(maker.ref)],
        made_by_ref=maker.ref,
        made_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            draft.save()
            record(
                PaperDrafted(subject=draft.ref, base=base.version), actor=Actor.of(maker), at=at
            )
    except IntegrityError:
        raise UnableToDraft(_("Somebody is writing a new version already.")) from None
    return draft


def change_draft(
    *,
    draft: PaperDraft,
    part: str,
    change: Callable[[Content], None],
    seen: str,
    editor: Any,
    at: datetime,
) -> PaperDraft:
    """Change one part of a draft.

    Args:
        draft: one that the editor may see; locked here.
        part: what is changed, for the journal: key of a question, or `terms`.
        change: works on the content in place.
        seen: `content_hash` of what the page showed; where somebody else has written meanwhile,
            nothing is overwritten.
        editor: the log-in of a compliance officer.

    Raises:
        UnableToDraft: when it waits for a second person, is closed, or was changed meanwhile.
        Http404: when the editor cannot see it.
    """
    with transaction.atomic():
        locked = _locked(draft, editor)
        if seen != locked.content_hash:
            raise UnableToDraft(_("Somebody has changed the draft meanwhile. Look at it anew."))
        change(locked.content)
        if locked.content_hash == seen:
            return locked
        locked.changed_at = at
        if str(editor.ref) not in locked.hands:
            locked.hands = [*locked.hands, str(editor.ref)]
        locked.save()
        record(PaperChanged(subject=locked.ref, part=part), actor=Actor.of(editor), at=at)
    return locked


def propose_paper(
    *, draft: PaperDraft, valid_from: date, editor: Any, at: datetime
) -> Questionnaire:
    """Hand the draft to a second compliance officer: a pending version of the paper.

    Args:
        draft: one that the editor may see; locked here.
        valid_from: the first day on which it is to count.

    Raises:
        UnableToDraft: with every problem, or when the day does not fit.
        Http404: when the editor cannot see it.
    """
    _require_ahead(valid_from, at)
    with transaction.atomic():
        locked = _locked(draft, editor)
        if problems := problems_of(locked.content):
            raise UnableToDraft(" ".join(each.text for each in problems))
        if locked.content == locked.base.value:
            raise UnableToDraft(_("Nothing differs from the version that it began from."))
        later = Questionnaire.objects.approved().filter(key=locked.key, valid_from__gte=valid_from)
        if later.exists():
            raise UnableToDraft(_("Another version begins on that day or later."))
        row = Questionnaire(
            key=locked.key,
            scope=locked.base.scope,
            valid_from=valid_from,
            value=locked.content,
            legal_basis=locked.base.legal_basis,
            source=locked.base.source,
            confidence=Confidence.POLICY,
            change_note=locked.change_note,
            made_by_ref=editor.ref,
            made_at=at,
        )
        try:
            row.full_clean()
        except ValidationError as error:
            raise UnableToDraft(" ".join(error.messages)) from error
        row.save()
        locked.proposed, locked.valid_from = row, valid_from
        if str(editor.ref) not in locked.hands:
            locked.hands = [*locked.hands, str(editor.ref)]
        locked.save()
        record(
            PaperProposed(subject=row.ref, draft=locked.ref, content_hash=row.content_hash),
            actor=Actor.of(editor),
            at=at,
        )
    return row


def drop_draft(*, draft: PaperDraft, editor: Any, at: datetime) -> PaperDraft:
    """Give a draft up; it stays readable.

    Raises:
        UnableToDraft: when it waits for a second person or is closed.
        Http404: when the editor cannot see it.
    """
    with transaction.atomic():
        locked = _locked(draft, editor)
        locked.closed_at = at
        locked.save()
        record(PaperDropped(subject=locked.ref), actor=Actor.of(editor), at=at)
    return locked


def paper_approved(row: Questionnaire, checker: Any, at: datetime) -> None:
    """Close the draft of an approved version; runs in the approval's transaction.

    Raises:
        FourEyesRefused: when the checker wrote in the draft, whoever proposed it.
    """
    draft = PaperDraft.objects.select_for_update().filter(proposed=row).first()
    if draft is None:
        return
    if str(checker.ref) in draft.hands:
        raise FourEyesRefused(_("You wrote in this draft. Somebody else has to approve it."))
    draft.closed_at = at
    draft.save()


def _require_ahead(day: date, at: datetime) -> None:
    if day <= business_date(at):
        raise UnableToDraft(_("A new version begins tomorrow at the earliest."))


def _locked(draft: PaperDraft, editor: Any) -> PaperDraft:
    rows = PaperDraft.objects.select_for_update(of=("self",)).select_related("base", "proposed")
    locked = scope.visible_or_404(rows, editor, ref=draft.ref)
    if not locked.is_open:
        raise UnableToDraft(_("This draft can no longer be changed."))
    return locked
