"""Open a service point at an institution, and end it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.entry_codes import hold_institution
from branches.models import EntryCode, OrgUnit, PointHost, Service, UnitService
from branches.place_events import HostingEnded, PointHosted
from branches.states import CodeEnd, Kind
from branches.use_cases.entry_codes import end_code
from branches.use_cases.open_unit import UnableToOpenUnit, open_unit
from branches.use_cases.set_hours import UnableToSetHours, Week, set_hours
from branches.use_cases.set_profile import UnableToSetProfile, set_profile
from branches.use_cases.set_services import UnableToOffer, set_services
from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToHost(RefusedByField):
    """The service point cannot stand there.

    Attributes:
        errors: translated messages by field.
    """


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Our desk in the rooms of an institution.

    Attributes:
        institution: ref of an active institution.
        name_zh, name_en: the house as it is written over its door.
        desk_zh, desk_en: where in it; may be empty.
    """

    institution: UUID
    name_zh: str
    name_en: str
    desk_zh: str = ""
    desk_en: str = ""


@transaction.atomic
def open_service_point(
    *,
    parent: OrgUnit,
    code: str,
    name_zh: str,
    name_en: str,
    desk: Desk,
    place: dict[str, Any],
    week: Week,
    services: Iterable[Service],
    opened_on: date,
    actor: Actor,
    at: datetime,
) -> OrgUnit:
    """Open a service point at once, without its checklist: one that stood there before it.

    New ones are planned (`point_procedures`). Who serves there is assigned like everywhere;
    until somebody is, nothing can be booked.

    Args:
        place: fields of UnitProfile; see `set_profile`.
        week: opening hours; see `set_hours`.
        services: what the dated matrix lets a service point give.

    Raises:
        UnableToHost: naming the field.
    """
    try:
        unit = open_unit(
            kind=Kind.SERVICE_POINT,
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            parent=parent,
            opened_on=opened_on,
            actor=actor,
            at=at,
        )
        set_profile(unit=unit, valid_from=opened_on, actor=actor, at=at, **place)
        set_hours(unit=unit, week=week, valid_from=opened_on, actor=actor, at=at)
        host_point(unit=unit, desk=desk, services=services, on=opened_on, actor=actor, at=at)
    except UnableToOpenUnit as error:
        raise UnableToHost({"__all__": [str(error)]}) from error
    except UnableToSetHours as error:
        raise UnableToHost({"week": [str(error)]}) from error
    except UnableToSetProfile as error:
        raise UnableToHost(error.errors) from error
    return unit


@transaction.atomic
def host_point(
    *,
    unit: OrgUnit,
    desk: Desk,
    services: Iterable[Service],
    on: date,
    actor: Actor,
    at: datetime,
) -> PointHost:
    """Let a service point stand at an institution from `on` on and give `services` there.

    The institution is held meanwhile: whoever ends it waits, and then ends this too.

    Raises:
        UnableToHost: when the institution is not active, the unit is no service point, it stands
            somewhere already, or it may not give a service.
    """
    # the institution first, as `set_partner_status` locks before it comes to points
    name = hold_institution(desk.institution)
    locked = OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if locked.kind != Kind.SERVICE_POINT:
        raise UnableToHost({"unit": [_("Only a service point stands at an institution.")]})
    if name is None:
        raise UnableToHost({"institution": [_("This institution does not work with us now.")]})
    row = PointHost(
        unit=locked,
        institution_ref=desk.institution,
        name_zh=desk.name_zh,
        name_en=desk.name_en,
        desk_zh=desk.desk_zh,
        desk_en=desk.desk_en,
        valid_from=on,
        created_at=at,
    )
    try:
        row.full_clean()
        row.save()
        set_services(unit=locked, services=services, valid_from=on, actor=actor, at=at)
    except ValidationError as error:
        raise UnableToHost(error.message_dict) from error
    except UnableToOffer as error:
        raise UnableToHost({"services": [str(error)]}) from error
    record(
        PointHosted(subject=locked.ref, institution=desk.institution, on=on), actor=actor, at=at
    )
    return row


@transaction.atomic
def end_hosting(
    *,
    institution: UUID,
    actor: Actor,
    at: datetime,
    unit: OrgUnit | None = None,
    reason: str = "",
) -> list[OrgUnit]:
    """An institution lends us no place from today on: its points give nothing, codes are dead.

    Visits that lie ahead are moved by the event's handler. The unit itself stays open until it
    is closed by its procedure, or stands at another institution.

    Args:
        unit: only this point; by default every one of the institution.
        reason: for the journal.

    Returns:
        The points that it concerns.
    """
    today = business_date(at)
    rows = PointHost.objects.select_for_update(of=("self",)).overlapping(today, None)
    rows = rows.filter(institution_ref=institution)
    if unit is not None:
        rows = rows.filter(unit=unit)
    ended = []
    for row in rows.select_related("unit").order_by("pk"):
        last = max(today, row.valid_from)
        row.valid_to = last
        row.save(update_fields=["valid_to"])
        _end_what_stood(row.unit, last, actor, at)
        record(
            HostingEnded(subject=row.unit.ref, institution=institution, on=last),
            actor=actor,
            at=at,
            reason=reason,
        )
        ended.append(row.unit)
    return ended


def _end_what_stood(unit: OrgUnit, day: date, actor: Actor, at: datetime) -> None:
    """Services from `day` on and running codes; the address stays, so that it can be found."""
    UnitService.objects.filter(unit=unit).end_on(day)
    for code in EntryCode.objects.running(at).filter(unit=unit):
        end_code(code=code, reason=CodeEnd.TAKEN_BACK, actor=actor, at=at)
