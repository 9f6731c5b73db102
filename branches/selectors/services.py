"""Services that a unit can give on a day: type allows, unit offers, somebody licensed is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from branches.content import MATRIX
from branches.models import Licence, OrgUnit, Service, UnitService
from branches.selectors.people import present
from branches.states import Kind
from brokerage.reference.models import Rule


def services_on(unit: OrgUnit, day: date) -> list[Service]:
    """The services that `unit` can give on `day`, in the order of the catalogue; one query."""
    return services_of([unit], day)[unit.pk]


def services_of(units: Iterable[OrgUnit], day: date) -> dict[int, list[Service]]:
    """The services that each unit can give on `day`, by its key; one query.

    Hours are another question: a unit that is closed that day still lists what it gives.
    """
    found: dict[int, list[Service]] = {unit.pk: [] for unit in units}
    rows = offers(day).filter(unit__in=found).select_related("service")
    for offer in rows.order_by("service__position", "service__code"):
        found[offer.unit_id].append(offer.service)
    return found


def offers(day: date) -> QuerySet[UnitService]:
    """Offers that can be kept on `day`, for any unit: filter them by unit, service or both."""
    return UnitService.objects.on(day).filter(_open(day), _licensed(day), allowed(day))


def allowed(day: date, unit: str = "unit", service: str = "service") -> Exists:
    """A condition: the dated rule lets the type of the unit give the service.

    Args:
        day: the business date whose rule counts.
        unit: path to the unit from the row that is filtered.
        service: path to the service.
    """
    kind = OuterRef(f"{unit}__kind")
    key = Coalesce(NullIf(OuterRef(f"{unit}__outlet_type"), Value("")), kind)
    given = Func(F("value"), key, function="jsonb_extract_path", output_field=JSONField())
    rules = (
        Rule.objects.on(day)
        .filter(key=MATRIX)
        .annotate(
            gives=Func(
                given,
                OuterRef(f"{service}__code"),
                function="jsonb_exists",
                output_field=BooleanField(),
            )
        )
    )
    return Exists(rules.filter(gives=True))


def _open(day: date) -> Q:
    return Q(unit__opened_on__lte=day) & (Q(unit__closed_on=None) | Q(unit__closed_on__gt=day))


def _licensed(day: date) -> Q:
    held = Licence.objects.on(day).filter(
        user=OuterRef("user"), kind=OuterRef(OuterRef("service__licence"))
    )
    someone = present(day).filter(Exists(held), unit=OuterRef("unit"))
    return Q(service__licence=None) | Q(Exists(someone))


def matrix_key(unit: OrgUnit) -> str:
    """Under which key the dated rule speaks about `unit`: its type, or its kind."""
    return unit.outlet_type if unit.kind == Kind.OUTLET else unit.kind
