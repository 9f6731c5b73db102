"""A second person decides on what the first proposed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.selectors import has_helped
from accounts.events import (
    ApplicationApproved,
    ApplicationEvent,
    ApplicationRejected,
    ProposalRefused,
    ReviewRouted,
)
from accounts.models import Application
from accounts.papers.kinds import CARD, born_on, documents_of, identifier_of
from accounts.papers.selectors import is_identified, is_out_of_business
from accounts.review.films import has_watched
from accounts.review.states import Route
from accounts.states import DECIDED, SectionStatus, Status, Step, Verdict
from accounts.use_cases.end_prepared import end_prepared
from accounts.use_cases.screening import is_held, screen_application
from accounts.use_cases.writing import keep, lock, move_sections
from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import Source
from brokerage.customers.use_cases.confirm_identity import IdentityTaken, confirm_identity
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind, User

BY_RULE = Actor.system("accounts.routing")


class UnableToDecide(Exception):
    """The decision is refused; the message is translated and may be shown."""


def approve_application(*, application: Application, officer: User, at: datetime) -> Application:
    """Agree to open what another officer proposed, or what the rule leaves to one reviewer.

    Args:
        application: locked here.
        officer: neither the proposer nor the applicant; the reviewer where one is enough.
        at: the instant.

    Raises:
        UnableToDecide: when there is no such proposal, it is the officer's own, nobody outside
            confirmed the person (or saw the original), or the officer has not watched the video.
    """
    screen_application(application=application, at=at)
    return _decide(application, officer, Verdict.APPROVE, at)


def pass_by_rule(*, application: Application, at: datetime) -> Application:
    """Approve what the routing rule lets through without a person; a sample was taken out before.

    Args:
        application: sent and routed so; locked here.
        at: the instant.

    Returns:
        The application: approved, or sent to two reviewers where its document is taken.
    """
    screen_application(application=application, at=at)
    with transaction.atomic():
        row = lock(application)
        passes = row.status == Status.SUBMITTED and row.route == Route.RULE
        if not passes or is_held(row.customer):
            return row
        try:
            with transaction.atomic():
                _bind_identity(row, BY_RULE, at)
        except UnableToDecide:
            row.route = Route.TWO
            facts: dict[str, Any] = {"risk": row.risk, "route": row.route}
            return keep(row, ReviewRouted, actor=BY_RULE, at=at, was=row.status, **facts)
        move_sections(row, [SectionStatus.IN_REVIEW], SectionStatus.VERIFIED, at=at)
        row.move_to(Status.APPROVED)
        row.recommendation, row.decided_at = Verdict.APPROVE, at
        return keep(
            row,
            ApplicationApproved,
            actor=BY_RULE,
            at=at,
            was=Status.SUBMITTED.value,
            rule_version=row.route_rule,
        )


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
        row.recommended_by, row.recommendation, row.refusal, row.final = None, "", "", False
        row.hands_since = at  # the proposer has the whole time again
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
        alone = verdict == Verdict.APPROVE and _may_alone(row, officer)
        if alone:
            row.recommendation = verdict
        else:
            _refuse_unless_second(row, officer, verdict)
        was = row.status
        facts: dict[str, Any] = {}
        if verdict == Verdict.APPROVE:
            if is_held(row.customer):  # nobody at the desk reads more of it than this
                raise UnableToDecide(_("A central check is not finished yet."))
            if not is_identified(row):
                raise UnableToDecide(
                    _(
                        "Nobody has confirmed yet who this is: ask again, send the step back, or "
                        "do not accept it."
                    )
                )
            if is_out_of_business(row):
                raise UnableToDecide(_("The registry says that it is no longer in business."))
            if not has_watched(row, officer):
                raise UnableToDecide(_("Watch the video first, and say that you did."))
            target, event = Status.APPROVED, ApplicationApproved
            _bind_identity(row, Actor.of(officer), at)
            move_sections(row, [SectionStatus.IN_REVIEW], SectionStatus.VERIFIED, at=at)
        else:
            target, event = Status.REJECTED, ApplicationRejected
            facts = {"refusal": row.refusal, "final": row.final}
            end_prepared(application=row, actor=Actor.of(officer), at=at)
        if row.paused:
            raise UnableToDecide(_("It is on hold. The reviewer lets it go on first."))
        try:
            row.move_to(target)
        except IllegalTransition as error:
            raise UnableToDecide(_("This application is not under review.")) from error
        row.decided_by, row.decided_at = officer, at
        rule = row.route_rule if alone else ""
        return keep(
            row, event, actor=Actor.of(officer), at=at, was=was, rule_version=rule, **facts
        )


def _may_alone(row: Application, officer: User) -> bool:
    """Whether the routing rule leaves this approval to the one officer who reviewed."""
    own = officer.kind != Kind.STAFF or officer.pk == row.applicant_id
    mine = row.status == Status.REVIEWING and row.claimed_by_id == officer.pk
    return mine and not own and row.route == Route.ONE and not row.recommendation


def _refuse_unless_second(row: Application, officer: User, verdict: Verdict) -> None:
    if row.status in DECIDED:
        raise UnableToDecide(_("Somebody has decided this already."))
    if officer.kind != Kind.STAFF or officer.pk == row.applicant_id:
        raise UnableToDecide(_("You cannot decide on your own application."))
    if row.recommendation != verdict:
        raise UnableToDecide(_("Nobody has proposed this verdict yet."))
    if row.recommended_by_id == officer.pk:
        raise UnableToDecide(_("Another person than the proposer has to decide."))
    if has_helped(row, officer):
        raise UnableToDecide(_("You helped the customer with it. Somebody else decides."))


def _bind_identity(row: Application, actor: Actor, at: datetime) -> None:
    """From the approval on the document belongs to this customer and to nobody else."""
    section = row.sections.get(step=Step.IDENTITY)
    given = section.answers
    (id_type, number), *others = documents_of(given)
    told = identifier_of(given, business_date(at))
    sex = told.sex if told and told.sex else given.get("sex")
    try:
        confirm_identity(
            customer=row.customer,
            id_type=id_type,
            number=number,
            name=given["name"],
            birth_date=born_on(given, business_date(at)),
            source=Source.CUSTOMER,
            actor=actor,
            at=at,
            more={
                name: given[name]
                for name in ("id_issuer", "id_valid_from", "id_valid_to", "address", "nationality")
                if given.get(name)
            }
            | ({"sex": str(sex)} if sex and row.paper != CARD else {}),
            others=others,
        )
    except IdentityTaken as taken:
        raise UnableToDecide(
            _("Another customer has this document. Do not accept it as a second account.")
        ) from taken
