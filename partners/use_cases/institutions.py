"""An institution begins to work with us, changes its manager, and its licences are entered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.core.roles import Role, roles_of
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from partners.events import LicenceApproved, LicenceEntered, PartnerEnlisted, PartnerHandedOver
from partners.models import Partner, PartnerLicence


class UnableToEnlist(RefusedByField):
    """Something cannot be entered; `errors` gives the translated messages by field."""


@transaction.atomic
def enlist_partner(
    *,
    name_zh: str,
    name_en: str,
    kind: str,
    actor: Actor,
    at: datetime,
    manager: User | None = None,
) -> Partner:
    """Enter an institution. It may do nothing until a licence and a contract are in force.

    Args:
        kind: a value of states.PartnerKind.
        manager: who of ours looks after it.

    Raises:
        UnableToEnlist: naming the field.
    """
    row = Partner(name_zh=name_zh, name_en=name_en, kind=kind, manager=manager, created_at=at)
    _refuse_wrong_manager(manager)
    _check(row)
    row.save()
    record(PartnerEnlisted(subject=row.ref, of_kind=row.kind), actor=actor, at=at)
    return row


@transaction.atomic
def hand_over(*, partner: Partner, manager: User, actor: Actor, at: datetime) -> Partner:
    """Give an institution to another manager; from now on the former one does not see it.

    Raises:
        UnableToEnlist: when the person is no partner manager.
    """
    row = lock_row(Partner, partner.pk)
    _refuse_wrong_manager(manager)
    row.manager = manager
    row.save(update_fields=["manager"])
    record(PartnerHandedOver(subject=row.ref, manager=manager.ref), actor=actor, at=at)
    return row


@transaction.atomic
def add_licence(*, partner: Partner, maker: User, at: datetime, **values: Any) -> PartnerLicence:
    """Enter the evidence of a licence that the maker has checked; it counts once a second person
    has looked at it too.

    Args:
        values: the other columns of PartnerLicence; valid_to is the first day without it.

    Raises:
        UnableToEnlist: naming the field.
    """
    row = PartnerLicence(
        partner=partner, made_by_ref=maker.ref, made_at=at, created_at=at, **values
    )
    _check(row)
    row.save()
    entered = LicenceEntered(subject=partner.ref, until=row.valid_to)
    record(entered, actor=Actor.of(maker), at=at)
    return row


def licence_approved(licence: PartnerLicence, checker: User, at: datetime) -> None:
    """Say in the institution's own history that it has a licence that counts."""
    approved = LicenceApproved(
        subject=licence.partner.ref, licence=licence.ref, until=licence.valid_to
    )
    record(approved, actor=Actor.of(checker), at=at)


def _refuse_wrong_manager(manager: User | None) -> None:
    if manager is not None and Role.PARTNER_MANAGER not in roles_of(manager):
        raise UnableToEnlist({"manager": [_("This person is no partner manager.")]})


def _check(row: Any) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToEnlist(error.message_dict) from error
