"""A person of an institution is invited, comes in, and is let go."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User
from brokerage.users.use_cases.reset_factors import reset_factors
from brokerage.users.use_cases.switch_log_in import switch_log_in
from partners.dated import OPERATORS
from partners.models import Operator, Partner
from partners.operator_events import OperatorEnded, OperatorInvited, OperatorJoined
from partners.states import OperatorStatus, PartnerStatus


class UnableToInvite(RefusedByField):
    """The person cannot be invited; `errors` gives the translated messages by field."""


class UnableToJoin(Exception):
    """The link opens nothing any more; the message is translated."""


class UnableToEnd(Exception):
    """They have ended already; the message is translated."""


@transaction.atomic
def invite_operator(
    *, partner: Partner, name: str, email: str, actor: Actor, at: datetime
) -> Operator:
    """Let a person of an institution come in by a link; the letter is written by a job.

    Raises:
        UnableToInvite: naming the field.

    Rule source: partners.operators.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    rule = _rule_with_room(locked, "partner", at)
    address = User.objects.normalize_email(email).lower()
    if locked.operators.filter(email=address, status=OperatorStatus.ENDED).exists():
        text = _("They were an operator before. Find them in the list and invite them back there.")
        raise UnableToInvite({"email": [text]})
    if User.objects.filter(email=address).exists():
        raise UnableToInvite({"email": [_("Somebody signs in with this address already.")]})
    row = Operator(
        partner=locked,
        name=name.strip(),
        email=address,
        invited_until=at + timedelta(hours=rule.figure["invitation_hours"]),
        rule_version=rule.version,
        created_at=at,
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToInvite(_beside_fields(error)) from error
    row.save()
    record(
        OperatorInvited(subject=row.ref, partner=locked.ref),
        actor=actor,
        at=at,
        rule_version=rule.version,
    )
    return row


@transaction.atomic
def invite_again(*, operator: Operator, actor: Actor, at: datetime) -> Operator:
    """Send another link; the one before opens nothing from now on.

    Raises:
        UnableToInvite: when the person has come in, or has ended.

    Rule source: partners.operators.
    """
    row = _locked(operator)
    if row.status != OperatorStatus.INVITED:
        raise UnableToInvite({"__all__": [_("Only somebody who has not come in is invited.")]})
    rule = Rule.objects.in_force(OPERATORS, business_date(at))
    row.token_hash, row.rule_version = "", rule.version
    row.invited_until = at + timedelta(hours=rule.figure["invitation_hours"])
    row.save(update_fields=["token_hash", "rule_version", "invited_until"])
    record(
        OperatorInvited(subject=row.ref, partner=row.partner.ref),
        actor=actor,
        at=at,
        rule_version=rule.version,
    )
    return row


@transaction.atomic
def invite_back(*, operator: Operator, by: User, at: datetime, reason: str) -> Operator:
    """Invite somebody who ended: the same person, log-in and history, a new link and password.

    The second factors of the former time are removed, so that they set up new ones.

    Raises:
        UnableToInvite: when the person has not ended, somebody else has their address by now, or
            the institution has no room.

    Rule source: partners.operators.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=operator.partner_id)
    row = _locked(operator)
    if row.status != OperatorStatus.ENDED:
        raise UnableToInvite({"__all__": [_("Only somebody who has ended is invited back.")]})
    rule = _rule_with_room(locked, "__all__", at)
    others = User.objects.filter(email=row.email).exclude(operator=row)
    waiting = Operator.objects.living().filter(email=row.email)
    if others.exists() or waiting.exists():
        raise UnableToInvite({"__all__": [_("Somebody has this address by now.")]})
    if row.user is not None:
        reset_factors(user=row.user, by=by, at=at, reason=reason)
    row.move_to(OperatorStatus.INVITED)
    row.ended_at, row.token_hash, row.rule_version = None, "", rule.version
    row.invited_until = at + timedelta(hours=rule.figure["invitation_hours"])
    row.save(update_fields=["status", "ended_at", "token_hash", "rule_version", "invited_until"])
    record(
        OperatorInvited(subject=row.ref, partner=locked.ref),
        actor=Actor.of(by),
        at=at,
        reason=reason,
        rule_version=rule.version,
    )
    return row


@transaction.atomic
def make_token(*, operator: Operator, at: datetime) -> str | None:
    """A new secret for the link, kept as a hash only; None when no invitation stands."""
    row = _locked(operator)
    if row.status != OperatorStatus.INVITED or at >= row.invited_until:
        return None
    token = secrets.token_urlsafe(32)
    row.token_hash = _hash(token)
    row.save(update_fields=["token_hash"])
    return token


def invited_by(token: str, at: datetime) -> Operator | None:
    """Whom a link invites at `at`; None where it opens nothing (any more)."""
    rows = Operator.objects.filter(
        token_hash=_hash(token),
        status=OperatorStatus.INVITED,
        invited_until__gt=at,
        partner__in=Partner.objects.working(at).values("pk"),
    )
    found: Operator | None = rows.select_related("partner").first()
    return found


@transaction.atomic
def join(*, token: str, password: str, at: datetime, language: str = "") -> Operator:
    """Take up an invitation: the log-in is made (or, of somebody who comes back, switched on),
    the link opens nothing from now on.

    Args:
        password: checked by the caller against the rules for passwords.
        language: of the letters to come.

    Raises:
        UnableToJoin: when the link was used, replaced, taken back or is too old.
    """
    found = invited_by(token, at)
    row = _locked(found) if found else None
    if row is None or invited_by(token, at) is None:  # used while we waited for the row
        raise UnableToJoin(_("This link does not hold any more. Ask your contact for another."))
    user = _log_in_of(row, password, language, at)
    row.move_to(OperatorStatus.ACTIVE)
    row.user, row.joined_at, row.token_hash = user, at, ""
    row.save(update_fields=["status", "user", "joined_at", "token_hash"])
    record(
        OperatorJoined(subject=row.ref, partner=row.partner.ref, user=user.ref),
        actor=Actor.of(user),
        at=at,
    )
    return row


@transaction.atomic
def end_operator(*, operator: Operator, by: User, at: datetime, reason: str) -> Operator:
    """Let a person act no more for their institution: log-in, sessions and link end at once.

    Raises:
        UnableToEnd: a second time.
    """
    row = _locked(operator)
    if row.status == OperatorStatus.ENDED:
        raise UnableToEnd(_("They have ended already."))
    row.move_to(OperatorStatus.ENDED)
    row.ended_at, row.token_hash = at, ""
    row.save(update_fields=["status", "ended_at", "token_hash"])
    if row.user is not None:
        switch_log_in(user=row.user, on=False, by=by, at=at, reason=reason)
    record(
        OperatorEnded(subject=row.ref, partner=row.partner.ref),
        actor=Actor.of(by),
        at=at,
        reason=reason,
    )
    return row


def _hash(token: str) -> str:
    """Of a secret that nobody can guess and that lives for days: no key is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _rule_with_room(partner: Partner, field: str, at: datetime) -> Rule:
    """The rule of the day, where one more may come in; a refusal stands beside `field`."""
    if partner.status != PartnerStatus.ACTIVE:
        raise UnableToInvite({field: [_("Nobody acts for this institution now.")]})
    rule = Rule.objects.in_force(OPERATORS, business_date(at))
    if partner.operators.living().count() >= rule.figure["most"]:
        raise UnableToInvite({field: [_("The institution has as many operators as it can.")]})
    return rule


def _log_in_of(row: Operator, password: str, language: str, at: datetime) -> User:
    """A new log-in; that of somebody who comes back, with the new password."""
    if row.user is not None:
        row.user.set_password(password)
        row.user.save(update_fields=["password"])
        switch_log_in(user=row.user, on=True, by=row.user, at=at, reason="invited back")
        row.user.refresh_from_db()
        return row.user
    try:
        with transaction.atomic():
            return User.objects.create_partner(
                row.email, password, display_name=row.name, language=language, created_at=at
            )
    except IntegrityError:
        raise UnableToJoin(_("Somebody signs in with this address already.")) from None


def _locked(operator: Operator) -> Operator:
    rows = Operator.objects.select_for_update(of=("self",)).select_related("partner", "user")
    row: Operator = rows.get(pk=operator.pk)
    return row


def _beside_fields(error: ValidationError) -> dict[str, list[str]]:
    """A wrong address is told beside it; of two people with one address, the field is `email`."""
    found = error.message_dict
    if "__all__" in found:
        found["email"] = [*found.get("email", []), *found.pop("__all__")]
    return found
