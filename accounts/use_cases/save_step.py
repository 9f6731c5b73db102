"""Every answer is saved as it is given; a page that is out of date overwrites nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import OriginRemoved, StepSaved
from accounts.models import Application
from accounts.selectors import SHARING_PURPOSE
from accounts.states import Step
from accounts.use_cases.writing import keep, lock
from branches.models import OrgUnit
from brokerage.customers.models import ConsentText
from brokerage.customers.use_cases import UnableToConsent, give_consent
from brokerage.journal.actors import Actor


class StepRefused(Exception):
    """The answer was not kept; the message is translated and may be shown."""


class ChangedElsewhere(StepRefused):
    """Another device changed the application after this page was made."""


def save_name(
    *, application: Application, name: str, version: int, actor: Actor, at: datetime
) -> Application:
    """Keep the applicant's name (encrypted).

    Args:
        application: locked here.
        name: as typed; kept in NFKC without outer blanks.
        version: version of the application that the page showed.
        actor: who answers.
        at: the instant.

    Raises:
        StepRefused: when the step is closed, or (ChangedElsewhere) the page is out of date.
    """
    kept = " ".join(unicodedata.normalize("NFKC", name).split())

    def change(row: Application) -> bool:
        differs = row.applicant_name != kept
        row.applicant_name = kept
        return differs

    return _save(application, Step.NAME, change, version=version, actor=actor, at=at)


def save_outlet(
    *, application: Application, outlet: OrgUnit, version: int, actor: Actor, at: datetime
) -> Application:
    """Keep the chosen outlet; arguments and refusals as in `save_name`."""

    def change(row: Application) -> bool:
        differs = row.outlet_id != outlet.pk
        row.outlet = outlet
        return differs

    return _save(application, Step.OUTLET, change, version=version, actor=actor, at=at)


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
        text: the consent text agreed to, or None where the customer said no.
        channel: where the customer agreed.
    """

    def change(row: Application) -> bool:
        if row.origin_ref is None:
            raise StepRefused(_("No institution sent you, so there is nothing to agree to."))
        consent = None
        if text is not None:
            try:
                consent = give_consent(
                    customer=row.customer,
                    purpose=SHARING_PURPOSE,
                    text=text,
                    actor=actor,
                    channel=channel,
                    at=at,
                )
            except UnableToConsent as error:
                raise StepRefused(str(error)) from error
        differs = row.sharing != (consent is not None) or row.sharing_consent != consent
        row.sharing, row.sharing_consent = consent is not None, consent
        return differs

    return _save(application, Step.SHARING, change, version=version, actor=actor, at=at)


def remove_origin(*, application: Application, actor: Actor, at: datetime) -> Application:
    """Cut the tie to the institution whose link the customer used; it is told nothing any more.

    Possible in every state: it is the customer's own data. Removing twice changes nothing.
    """
    with transaction.atomic():
        row = lock(application)
        if row.origin_ref is None:
            return row
        row.origin_ref = row.entry_ref = row.sharing = row.sharing_consent = None
        return keep(row, OriginRemoved, actor=actor, at=at, was=row.status)


def _save(
    application: Application,
    step: Step,
    change: Callable[[Application], bool],
    *,
    version: int,
    actor: Actor,
    at: datetime,
) -> Application:
    with transaction.atomic():
        row = lock(application)
        if not row.may_change(step):
            raise StepRefused(_("This step is closed. What you sent stays as it is."))
        if not change(row):  # the same answer again, from wherever: nothing to lose
            return row
        if row.version != version:
            raise ChangedElsewhere(
                _("Somebody changed this on another device meanwhile. Nothing was overwritten.")
            )
        return keep(row, StepSaved, actor=actor, at=at, was=row.status, step=step.value)
