"""A material of an institution is proposed, approved by a second person, withdrawn at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from partners.events import MaterialApproved, MaterialProposed, MaterialWithdrawn
from partners.files import MATERIAL
from partners.models import Material, MaterialWithdrawal, Partner
from partners.states import EventKind, MaterialState
from partners.use_cases.publish import publish

LIFE = list(MaterialState)


class UnableToPropose(RefusedByField):
    """The material cannot be; `errors` gives the translated messages by field."""


class UnableToWithdraw(Exception):
    """It cannot be withdrawn; the message is translated."""


def propose_material(
    *, partner: Partner, upload: Any, maker: User, at: datetime, **values: Any
) -> Material:
    """Store a file as the next version of a material; it counts once a second person agrees.

    Call it outside a transaction (`files.store`).

    Args:
        values: the other columns of Material that a person fills.

    Raises:
        UnableToPropose: naming the field; `upload` where the file is of another type or too large.
    """
    row = Material(
        partner=partner, made_by_ref=maker.ref, made_at=at, created_at=at, version=1, **values
    )
    _refuse_wrong(row, at)
    actor = Actor.of(maker)
    try:
        row.file = files.store(
            upload=upload, purpose=MATERIAL, owner_ref=partner.ref, actor=actor, at=at
        )
    except files.UnableToStore as error:
        raise UnableToPropose({"upload": list(error.messages)}) from error
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        known = Material.objects.filter(partner=partner, code=row.code)
        row.version = (known.aggregate(newest=Max("version"))["newest"] or 0) + 1
        row.save()
        record(
            MaterialProposed(subject=row.ref, partner=partner.ref, version=row.version),
            actor=actor,
            at=at,
        )
    return row


def approved(material: Material, checker: User, at: datetime) -> None:
    """Say in the institution's own history that a material counts, and tell the institution."""
    partner = material.partner
    record(
        MaterialApproved(subject=partner.ref, material=material.ref, version=material.version),
        actor=Actor.of(checker),
        at=at,
    )
    _publish(material, EventKind.MATERIAL_RELEASED, at)


@transaction.atomic
def withdraw_material(*, material: Material, reason: str, by: User, at: datetime) -> Material:
    """Let nobody show a material any more, from this moment; its file is handed out no longer.

    Raises:
        UnableToWithdraw: before its approval, a second time, or without a reason.
    """
    rows = Material.objects.select_for_update(of=("self",)).select_related("partner")
    row: Material = rows.get(pk=material.pk)
    if not row.is_approved:
        raise UnableToWithdraw(_("It was never approved."))
    if MaterialWithdrawal.objects.filter(material=row).exists():
        raise UnableToWithdraw(_("It was withdrawn already."))
    if not reason.strip():
        raise UnableToWithdraw(_("Say why."))
    MaterialWithdrawal.objects.create(material=row, at=at, by_ref=by.ref, reason=reason.strip())
    record(
        MaterialWithdrawn(subject=row.ref, partner=row.partner.ref),
        actor=Actor.of(by),
        at=at,
        reason=reason.strip(),
    )
    _publish(row, EventKind.MATERIAL_WITHDRAWN, at)
    return row


def version_of(state: str) -> int:
    """How often what is told of a material has changed: its states come in one order only."""
    return LIFE.index(MaterialState(state)) + 1


def _publish(material: Material, kind: EventKind, at: datetime) -> None:
    state: str = Material.objects.standing(at).values_list("state", flat=True).get(pk=material.pk)
    ref: UUID = material.ref
    publish(partner=material.partner, kind=kind, ref=ref, version=version_of(state), at=at)


def _refuse_wrong(row: Material, at: datetime) -> None:
    """What a person can put right before anything is stored."""
    errors: dict[str, list[str]] = {}
    try:
        row.clean_fields(exclude={"file", "partner"})
        row.validate_constraints(exclude={"file", "version"})
    except ValidationError as error:
        errors = error.message_dict
    if row.contract is not None and row.contract.partner_id != row.partner.pk:
        errors["contract"] = [_("This contract is with another institution.")]
    if row.valid_to is not None and row.valid_to <= business_date(at):
        errors["valid_to"] = [_("Its last day has passed.")]
    if errors:
        raise UnableToPropose(errors)
