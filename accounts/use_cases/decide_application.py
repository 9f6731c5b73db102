"""A second person decides on what the first proposed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import (
    ApplicationApproved,
    ApplicationEvent,
    ApplicationRejected,
    ProposalRefused,
)
from accounts.models import Application
from accounts.states import DECIDED, SectionStatus, Status, Step, Verdict
from accounts.use_cases.writing import keep, lock, move_sections
from brokerage.core.clock import business_date
from brokerage.core.identifiers import resident_id
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import IdType, Source
from brokerage.customers.use_cases.confirm_identity import IdentityTaken, confirm_identity
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind, User


class UnableToDecide(Exception):
    """The decision is refused; the message is translated and may be shown."""


def approve_application(*, application: Application, officer: User, at: datetime) -> Application:
    """Agree to open what another officer proposed to open.

    Args:
        application: locked here.
        officer: neither the proposer nor the applicant.
        at: the instant.

    Raises:
        UnableToDecide: when there is no such proposal, or it is the officer's own.
    """
    return _decide(application, officer, Verdict.APPROVE, at)


def reject_application(*, application: Application, officer: User, at: datetime) -> Application:
    """Agree not to open; arguments and refusals as in `approve_application`."""
    return _decide(application, officer, Verdict.REJECT, at)


def refuse_proposal(
    *, application: Application, officer: User, reason: str, at: datetime
) -> Application:
    """Disagree with a proposal: it goes back to the officer who reviewed, with the reason.

    Args:
        application: locked here.
        officer: neither the proposer nor the applicant.
        reason: for the proposer and the journal, never shown to the customer.
        at: the instant.

    Raises:
        UnableToDecide: when there is no proposal, it is the officer's own, or no reason is given.
    """
    if not reason.strip():
        raise UnableToDecide(_("Say why, so that the reviewer can go on."))
    with transaction.atomic():
        row = lock(application)
        if not row.recommendation:
            raise UnableToDecide(_("Nobody has proposed this verdict yet."))
        _refuse_unless_second(row, officer, Verdict(row.recommendation))
        verdict = row.recommendation
        row.recommended_by, row.recommendation, row.refusal = None, "", ""
        return keep(
            row,
            ProposalRefused,
            actor=Actor.of(officer),
            at=at,
            was=row.status,
            reason=reason.strip(),
            verdict=verdict,
        )


def _decide(
    application: Application, officer: User, verdict: Verdict, at: datetime
) -> Application:
    event: type[ApplicationEvent]
    with transaction.atomic():
        row = lock(application)
        _refuse_unless_second(row, officer, verdict)
        was = row.status
        facts = {}
        if verdict == Verdict.APPROVE:
            target, event = Status.APPROVED, ApplicationApproved
            _bind_identity(row, officer, at)
            move_sections(row, [SectionStatus.IN_REVIEW], SectionStatus.VERIFIED, at=at)
        else:
            target, event = Status.REJECTED, ApplicationRejected
            facts = {"refusal": row.refusal}
        try:
            row.move_to(target)
        except IllegalTransition as error:
            raise UnableToDecide(_("This application is not under review.")) from error
        row.decided_by, row.decided_at = officer, at
        return keep(row, event, actor=Actor.of(officer), at=at, was=was, **facts)


def _refuse_unless_second(row: Application, officer: User, verdict: Verdict) -> None:
    if row.status in DECIDED:
        raise UnableToDecide(_("Somebody has decided this already."))
    if officer.kind != Kind.STAFF or officer.pk == row.applicant_id:
        raise UnableToDecide(_("You cannot decide on your own application."))
    if row.recommendation != verdict:
        raise UnableToDecide(_("Nobody has proposed this verdict yet."))
    if row.recommended_by_id == officer.pk:
        raise UnableToDecide(_("Another person than the proposer has to decide."))


def _bind_identity(row: Application, officer: User, at: datetime) -> None:
    """From the approval on the document belongs to this customer and to nobody else."""
    section = row.sections.get(step=Step.IDENTITY)
    given = section.answers
    born = resident_id(given["id_number"], on=business_date(at)).birth_date
    try:
        confirm_identity(
            customer=row.customer,
            id_type=IdType.RESIDENT_ID,
            number=given["id_number"],
            name=given["name"],
            birth_date=born,
            source=Source.CUSTOMER,
            actor=Actor.of(officer),
            at=at,
            more={
                name: given[name]
                for name in ("id_issuer", "id_valid_from", "id_valid_to", "address")
                if given.get(name)
            },
        )
    except IdentityTaken as taken:
        raise UnableToDecide(
            _("Another customer has this document. Do not accept it as a second account.")
        ) from taken
