"""Facts of units and people: addresses, hours, services, rooms, licences, leave."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.content import FORCED_LEAVE
from branches.models import (
    Absence,
    HoursException,
    Licence,
    OpeningHours,
    Room,
    UnitLicence,
    UnitProfile,
    UnitService,
)
from branches.states import LeaveKind
from branches.use_cases.set_profile import UnableToSetProfile, set_profile
from brokerage.backoffice.admin import ReadOnlyAdmin, ScopedAdmin
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from brokerage.core import clock
from brokerage.reference.calendars import CalendarEnds, working_days_between
from brokerage.reference.models import Rule

FACTS = (
    "division",
    "address_zh",
    "address_en",
    "lon",
    "lat",
    "phone",
    "directions_zh",
    "directions_en",
    "access",
    "languages",
)


@admin.register(UnitProfile)
class UnitProfileAdmin(AddsAdmin):
    """Where units are; a new row ends the one before."""

    section = "network"
    icon = "pin"
    order = 12
    refusals: ClassVar = (UnableToSetProfile,)
    add_label = gettext_lazy("Change an address")
    list_display = ["unit", "address_zh", "division", "valid_from", "valid_to"]
    list_select_related = ["unit", "division"]
    raw_id_fields = ("division",)
    fields = ["unit", "valid_from", *FACTS]
    export_columns = ("unit", "address_zh", "address_en", "division", "lon", "lat", "phone")

    def add(self, request: HttpRequest, row: Any, form: Any) -> UnitProfile:
        return set_profile(
            unit=row.unit,
            valid_from=row.valid_from,
            **{name: getattr(row, name) for name in FACTS},
            **acting(request),
        )


@admin.register(OpeningHours)
class OpeningHoursAdmin(ReadOnlyAdmin):
    """Hours of the week; they come by the import desk and with a new unit."""

    section = "network"
    icon = "clock"
    order = 14
    list_display = ["unit", "weekday", "opens", "closes", "valid_from", "valid_to"]
    list_filter = ["weekday"]
    list_select_related = ["unit"]
    export_columns = ("unit", "weekday", "opens", "closes", "valid_from", "valid_to")


@admin.register(HoursException)
class HoursExceptionAdmin(ScopedAdmin):
    """Days with other hours."""

    section = "network"
    icon = "cal"
    order = 15
    add_label = gettext_lazy("Enter a day with other hours")
    list_display = ["day", "unit", "opens", "closes", "note_zh"]
    list_select_related = ["unit"]
    fields = ["unit", "day", "opens", "closes", "note_zh", "note_en"]


@admin.register(UnitService)
class UnitServiceAdmin(ReadOnlyAdmin):
    """What units offer."""

    section = "network"
    icon = "list"
    order = 16
    list_display = ["unit", "service", "valid_from", "valid_to"]
    list_filter = ["service"]
    list_select_related = ["unit", "service"]
    export_columns = ("unit", "service", "valid_from", "valid_to")


@admin.register(Room)
class RoomAdmin(ScopedAdmin):
    """Counters and rooms."""

    section = "network"
    icon = "box"
    order = 17
    add_label = gettext_lazy("Add a room")
    list_display = ["unit", "name", "kind", "seats", "step_free", "valid_to"]
    list_filter = ["kind", "step_free"]
    list_select_related = ["unit"]
    fields = ["unit", "name", "kind", "seats", "step_free", "valid_from", "valid_to"]


@admin.register(UnitLicence)
class UnitLicenceAdmin(ScopedAdmin):
    """Licences of units and whether they hang where customers see them."""

    section = "network"
    icon = "shield"
    order = 18
    add_label = gettext_lazy("Enter a licence")
    list_display = ["unit", "number", "valid_from", "valid_to", "displayed_since"]
    list_select_related = ["unit"]
    fields = ["unit", "number", "issuer", "valid_from", "valid_to", "displayed_since"]


@admin.register(Licence)
class LicenceAdmin(ScopedAdmin):
    """Registrations and qualifications of staff."""

    section = "people"
    icon = "shield"
    order = 22
    add_label = gettext_lazy("Enter a licence")
    list_display = ["user", "kind", "number", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["user", "kind"]
    fields = ["user", "kind", "number", "issuer", "valid_from", "valid_to"]
    export_columns = ("user", "kind", "number", "valid_from", "valid_to")


class AbsenceForm(AddingForm):
    """Leave; forced leave is long enough."""

    class Meta:
        model = Absence
        fields = ("user", "kind", "valid_from", "valid_to")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if cleaned.get("kind") == LeaveKind.FORCED and start and end and start < end:
            self._refuse_too_short(start, end)
        return cleaned

    def _refuse_too_short(self, start: Any, end: Any) -> None:
        least = Rule.objects.in_force(FORCED_LEAVE, clock.today()).figure["working_days"]
        try:
            days = working_days_between(start, end)
        except CalendarEnds:
            self.add_error("valid_to", _("The calendar does not reach this day yet."))
            return
        if days < least:
            text = _("Forced leave takes {n} working days on end; these are {days}.")
            self.add_error("valid_to", ValidationError(text.format(n=least, days=days)))

    def validate_constraints(self) -> None:
        """As every plain form does: no use case follows here."""
        super(AddingForm, self).validate_constraints()


@admin.register(Absence)
class AbsenceAdmin(ScopedAdmin):
    """Who is away when."""

    section = "people"
    icon = "cal"
    order = 24
    form = AbsenceForm
    add_label = gettext_lazy("Enter leave")
    list_display = ["user", "kind", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    fields = ["user", "kind", "valid_from", "valid_to"]
