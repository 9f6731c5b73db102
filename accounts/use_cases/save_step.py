"""Steps that are more than the answers of a section: consents, sharing, the tie to an origin."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.consents import FACE, REFUSED
from accounts.events import FaceRefused, OriginRemoved, StepSaved
from accounts.evidence.states import CheckKind
from accounts.facts import forget
from accounts.models import Application, Section
from accounts.selectors import SHARING_PURPOSE, asks_about_sharing
from accounts.states import WITH_US, Step
from accounts.use_cases.outside_checks import drop_question
from accounts.use_cases.recordings import give_up_recording
from accounts.use_cases.save_section import Answer, ChangedElsewhere, StepRefused, save_in_locked
from accounts.use_cases.writing import keep, lock, lock_in_hand
from brokerage.customers.models import Consent, ConsentText
from brokerage.customers.use_cases import UnableToConsent, give_consents, withdraw_consent
from brokerage.journal.actors import Actor
from brokerage.journal.record import together


def save_consents(
    *,
    application: Application,
    texts: Mapping[str, ConsentText],
    version: int,
    actor: Actor,
    channel: str,
    at: datetime,
    seen_at: datetime | None = None,
    refused: Collection[str] = (),
) -> Application:
    """Keep what the customer agreed to, each purpose on its own text.

    Whoever refuses the use of the face is confirmed by two people at an outlet; what was recorded
    before is disposed of.

    Args:
        application: locked here.
        texts: purpose → the text that was shown and agreed to.
        version: of the section, as the page showed it.
        actor: the customer.
        channel: where the customer agreed.
        at: the instant.
        seen_at: when the page was made.
        refused: purposes that the customer said no to.

    Raises:
        StepRefused: when the step is closed, a text is out of date, or the page is.
    """
    with transaction.atomic(), together():
        row = lock_in_hand(application)
        consents = _consents(row, texts, actor, channel, at)
        given = {each.purpose: str(each.ref) for each in consents}
        given |= dict.fromkeys(refused, REFUSED)
        for purpose in refused:
            withdraw_consent(
                customer=row.customer, purpose=purpose, actor=actor, channel=channel, at=at
            )
        filmed_as = row.modes_that_count
        if FACE in given:
            row.without_face = FACE in refused
        if row.without_face:
            give_up_recording(application=row, actor=actor, at=at)
        if row.without_face or row.modes_that_count != filmed_as:
            forget(row)  # another video counts, or none
        answer = Answer(step=Step.CONSENTS, values=given, version=version, seen_at=seen_at)
        return save_in_locked(row=row, answer=answer, actor=actor, at=at)


def refuse_face(*, application: Application, actor: Actor, at: datetime) -> Application:
    """The customer took the agreement to the use of the face back: what needs it stops.

    What was compared before stays as it is (PIPL article 15). While the video is still the
    customer's turn, two people at an outlet confirm the person instead.

    Args:
        application: locked here.
        actor: the customer.
        at: the instant.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status in WITH_US:
            drop_question(application=row, kind=CheckKind.FACE)
        if row.without_face or not row.may_change(Step.VIDEO):
            return row
        row.without_face = True
        give_up_recording(application=row, actor=actor, at=at)
        section = Section.objects.filter(application=row, step=Step.CONSENTS).first()
        if section is not None:
            answers = {**section.answers, FACE: REFUSED}
            section.values = json.dumps(answers, ensure_ascii=False, sort_keys=True)
            section.version, section.updated_at = section.version + 1, at
            section.save(update_fields=["values", "version", "updated_at"])
        return keep(row, FaceRefused, actor=actor, at=at, was=row.status)


def save_sharing(
    *,
    application: Application,
    text: ConsentText | None,
    version: int,
    actor: Actor,
    channel: str,
    at: datetime,
) -> Application:
    """Keep whether the institution that sent the customer may be told how it stands.

    Args:
        application: locked here.
        text: the consent text agreed to, or None where the customer said no.
        version: version of the application that the page showed.
        actor: the customer.
        channel: where the customer agreed.
        at: the instant.

    Raises:
        StepRefused: when the step is closed, or (ChangedElsewhere) the page is out of date.
    """
    with transaction.atomic():
        row = lock(application)
        if not row.may_change(Step.SHARING):
            raise StepRefused(_("This step is closed. What you sent stays as it is."))
        if not asks_about_sharing(row):
            raise StepRefused(_("No institution sent you, so there is nothing to agree to."))
        consent = None
        if text is not None:
            (consent,) = _consents(row, {SHARING_PURPOSE: text}, actor, channel, at)
        if row.sharing == (consent is not None) and row.sharing_consent == consent:
            return row
        if row.version != version:
            raise ChangedElsewhere(
                _("Somebody changed this on another device meanwhile. Nothing was overwritten.")
            )
        row.sharing, row.sharing_consent = consent is not None, consent
        return keep(row, StepSaved, actor=actor, at=at, was=row.status, step=Step.SHARING.value)


def remove_origin(*, application: Application, actor: Actor, at: datetime) -> Application:
    """Cut the tie to whoever gave out the link; an institution is told nothing any more.

    Possible in every state: it is the customer's own data. Removing twice changes nothing.
    """
    with transaction.atomic():
        row = lock(application)
        if row.origin_ref is None:
            return row
        row.origin_ref = row.entry_ref = row.sharing = row.sharing_consent = None
        return keep(row, OriginRemoved, actor=actor, at=at, was=row.status)


def _consents(
    row: Application,
    texts: Mapping[str, ConsentText],
    actor: Actor,
    channel: str,
    at: datetime,
) -> list[Consent]:
    try:
        return give_consents(
            customer=row.customer, texts=texts, actor=actor, channel=channel, at=at
        )
    except UnableToConsent as error:
        raise StepRefused(str(error)) from error
