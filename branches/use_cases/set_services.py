"""Say which services a unit offers from a day on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.content import MATRIX
from branches.models import OrgUnit, PointHost, Service, UnitService
from branches.place_events import ServicesChanged
from branches.selectors.services import matrix_key
from branches.states import Kind
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule

Matrix = dict[str, list[str]]


class UnableToOffer(Exception):
    """The unit cannot offer this; the message is translated."""


@transaction.atomic
def set_services(
    *, unit: OrgUnit, services: Iterable[Service], valid_from: date, actor: Actor, at: datetime
) -> list[UnitService]:
    """Let `services` be what `unit` offers from `valid_from` on; what is not among them ends.

    Whether somebody licensed is there is asked each day anew (selectors.services).

    Returns:
        The new offers.

    Raises:
        UnableToOffer: when the type of the unit may not give one of them on that day, a service
            point stands at no institution then, or a later change is planned.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    wanted = {service.pk: service for service in services}
    rule = Rule.objects.in_force(MATRIX, valid_from)
    _refuse_foreign(unit, wanted.values(), rule.figure)
    if wanted:
        _refuse_without_host(unit, valid_from)
    rows = UnitService.objects.filter(unit=unit).overlapping(valid_from, None)
    if rows.filter(valid_from__gt=valid_from).exists():
        raise UnableToOffer(_("A later change is planned already."))
    held = {row.service_id: row for row in rows.select_related("service")}
    ended = [row for key, row in held.items() if key not in wanted]
    new = [
        UnitService(unit=unit, service=service, valid_from=valid_from, created_at=at)
        for key, service in wanted.items()
        if key not in held
    ]
    rows.filter(pk__in=[row.pk for row in ended]).update(valid_to=valid_from)
    UnitService.objects.bulk_create(new)
    if ended or new:
        record(
            ServicesChanged(
                subject=unit.ref,
                added=tuple(sorted(row.service.code for row in new)),
                ended=tuple(sorted(row.service.code for row in ended)),
                on=valid_from,
                rule=rule.version,
            ),
            actor=actor,
            at=at,
        )
    return new


def _refuse_foreign(
    unit: OrgUnit, services: Iterable[Service], matrix: dict[str, list[str]]
) -> None:
    given = matrix.get(matrix_key(unit), [])
    foreign = [str(service) for service in services if service.code not in given]
    if foreign:
        raise UnableToOffer(
            _("A unit of this type may not offer: {services}.").format(services="、".join(foreign))
        )


def _refuse_without_host(unit: OrgUnit, day: date) -> None:
    if unit.kind != Kind.SERVICE_POINT:
        return
    if not PointHost.objects.on(day).filter(unit=unit).exists():
        raise UnableToOffer(_("The point stands at no institution on that day."))
