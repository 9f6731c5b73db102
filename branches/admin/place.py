"""One page for what a unit offers in a week: hours, days with other hours, services, access."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.content import MATRIX
from branches.imports.fields import HoursField
from branches.models import (
    HoursException,
    OpeningHours,
    OrgUnit,
    Service,
    UnitProfile,
    UnitService,
)
from branches.models.profile import PHONE
from branches.selectors import host_on, profile_on
from branches.selectors.services import matrix_key
from branches.states import Access, Kind, Language, Weekday
from branches.use_cases.set_hours import UnableToSetHours, set_hours
from branches.use_cases.set_profile import UnableToSetProfile, set_profile
from branches.use_cases.set_services import UnableToOffer, set_services
from branches.visits.desk.common import outlets_of
from brokerage.backoffice import recording
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles, scope
from brokerage.journal.actors import Actor
from brokerage.reference.models import Rule

HOURS_RIGHT = "branches.add_openinghours"
SERVICES_RIGHT = "branches.add_unitservice"
KEPT = ("division", "address_zh", "address_en", "lon", "lat")
SAID = ("phone", "directions_zh", "directions_en", "access", "languages")
SHOWN_DAYS = 20
DATE = {"type": "date"}


class PlaceForm(forms.Form):
    """The usual week of a unit, what it offers and how one gets in, from a day on."""

    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    phone = forms.CharField(
        label=gettext_lazy("telephone"), max_length=24, required=False, validators=[PHONE]
    )
    directions_zh = forms.CharField(
        label=gettext_lazy("way, Chinese"), max_length=300, required=False
    )
    directions_en = forms.CharField(
        label=gettext_lazy("way, English"), max_length=400, required=False
    )
    access = forms.MultipleChoiceField(
        label=gettext_lazy("accessibility"),
        choices=Access.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("languages"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, offerable: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, label in Weekday.choices:
            self.fields[f"day_{weekday}"] = HoursField(label=label)
        for name in SAID:
            self.fields[name].label = capfirst(self.fields[name].label)
        self.offerable = {service.code: service for service in offerable}
        self.fields["services"] = forms.MultipleChoiceField(
            label=gettext_lazy("Services"),
            choices=[(service.code, service.name) for service in offerable],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def days(self) -> list[Any]:
        """The seven fields of the week."""
        return [self[f"day_{weekday}"] for weekday in Weekday.values]

    def ticks(self) -> list[Any]:
        """Fields of boxes that everybody with the right to hours may change."""
        return [self["access"], self["languages"]]

    def lines(self) -> list[Any]:
        """Fields of text about the way there."""
        return [self["phone"], self["directions_zh"], self["directions_en"]]

    def week(self) -> dict[int, list[tuple[time, time]]]:
        """Intervals by weekday; closed days are left out."""
        given = {weekday: self.cleaned_data[f"day_{weekday}"] for weekday in Weekday.values}
        return {weekday: intervals for weekday, intervals in given.items() if intervals}


class OtherDayForm(forms.Form):
    """One day with other hours."""

    day = forms.DateField(
        label=gettext_lazy("day"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    hours = HoursField(label=gettext_lazy("Hours"), help_text=gettext_lazy("Empty: closed."))
    note_zh = forms.CharField(label=gettext_lazy("note, Chinese"), max_length=80, required=False)
    note_en = forms.CharField(label=gettext_lazy("note, English"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)


def place_view(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What the unit offers in a week; one button saves what was changed and nothing else."""
    unit = scope.visible_or_404(outlets_of(request), request.user, ref=ref)
    if not roles.may(request.user, HOURS_RIGHT):
        raise PermissionDenied
    today = clock.today()
    offerable = _offerable(unit, today)
    held = _held(unit, today)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = PlaceForm(request.POST if act == "week" else None, offerable=offerable, initial=held)
    other = OtherDayForm(request.POST if act == "day" else None, auto_id="other_%s")
    saved = (act == "week" and _save(request, unit, form)) or (
        act == "day" and _save_day(request, unit, other)
    )
    if saved:
        return redirect(reverse("admin:branches_orgunit_place", args=[unit.ref]))
    context = {
        "unit": unit,
        "form": form,
        "other": other,
        "days": _days_ahead(unit, today),
        "may_offer": roles.may(request.user, SERVICES_RIGHT) and not _stands_nowhere(unit, today),
        "stands_nowhere": _stands_nowhere(unit, today),
        "profile": profile_on(unit, today),
    }
    return page(request, "admin/branches/place.html", context)


def _stands_nowhere(unit: OrgUnit, today: date) -> bool:
    """Whether it is a service point without an institution: then it gives nothing."""
    return unit.kind == Kind.SERVICE_POINT and host_on(unit, today) is None


def _offerable(unit: OrgUnit, today: date) -> list[Service]:
    """What a unit of this type may offer at all."""
    codes = Rule.objects.in_force(MATRIX, today).figure.get(matrix_key(unit), [])
    return list(Service.objects.filter(code__in=codes).order_by("position", "code"))


def _held(unit: OrgUnit, today: date) -> dict[str, Any]:
    """What holds today, as the form writes it."""
    week: dict[int, list[str]] = defaultdict(list)
    for row in OpeningHours.objects.on(today).filter(unit=unit).order_by("weekday", "opens"):
        week[row.weekday].append(f"{row.opens:%H:%M}-{row.closes:%H:%M}")
    services = UnitService.objects.on(today).filter(unit=unit)
    profile = profile_on(unit, today)
    facts = {name: getattr(profile, name) for name in SAID} if profile else {}
    return {
        "valid_from": today,
        "services": list(services.values_list("service__code", flat=True)),
        **{f"day_{weekday}": ", ".join(week[weekday]) for weekday in Weekday.values},
        **facts,
    }


def _save(request: HttpRequest, unit: OrgUnit, form: PlaceForm) -> bool:
    """Save the changed parts together, or none of them."""
    if not form.is_valid():
        return False
    changed = set(form.changed_data)
    common: dict[str, Any] = {
        "unit": unit,
        "valid_from": form.cleaned_data["valid_from"],
        "actor": Actor.of(user_of(request)),
        "at": clock.now(),
    }
    try:
        with transaction.atomic():
            if any(name.startswith("day_") for name in changed):
                set_hours(week=form.week(), **common)
            if "services" in changed and roles.may(request.user, SERVICES_RIGHT):
                chosen = [form.offerable[code] for code in form.cleaned_data["services"]]
                set_services(services=chosen, **common)
            if changed & set(SAID):
                _set_access(form, common)
    except UnableToSetHours as error:
        form.add_error(f"day_{error.weekday}" if error.weekday else "valid_from", str(error))
    except UnableToOffer as error:
        form.add_error("services", str(error))
    except UnableToSetProfile as error:
        for name, texts in error.errors.items():
            form.add_error(name if name in form.fields else None, ValidationError(texts))
    if form.errors:
        return False
    messages.success(request, _("Saved.") if changed - {"valid_from"} else _("Nothing changed."))
    return True


def _set_access(form: PlaceForm, common: dict[str, Any]) -> None:
    """The address stays; how one gets in is said anew."""
    present: UnitProfile | None = profile_on(common["unit"], common["valid_from"])
    if present is None:
        raise UnableToSetProfile({"valid_from": [_("The unit has no address on that day.")]})
    kept = {name: getattr(present, name) for name in KEPT}
    set_profile(**kept, **{name: form.cleaned_data[name] for name in SAID}, **common)


def _save_day(request: HttpRequest, unit: OrgUnit, form: OtherDayForm) -> bool:
    """Enter the hours of one day ahead; a day has them once."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    if given["day"] < clock.today():
        form.add_error("day", _("Choose a day ahead."))
    elif HoursException.objects.filter(unit=unit, day=given["day"]).exists():
        form.add_error("day", _("This day has other hours already. Change them in the list."))
    if form.errors:
        return False
    with transaction.atomic():
        for opens, closes in given["hours"] or [(None, None)]:
            row = _exception(unit, given, opens, closes, clock.now())
            recording.save(user_of(request), row, change=False, changed=("day", "opens", "closes"))
    messages.success(request, _("Saved."))
    return True


def _exception(
    unit: OrgUnit,
    given: dict[str, Any],
    opens: time | None,
    closes: time | None,
    at: datetime,
) -> HoursException:
    return HoursException(
        unit=unit,
        day=given["day"],
        opens=opens,
        closes=closes,
        note_zh=given["note_zh"],
        note_en=given["note_en"],
        created_at=at,
    )


def _days_ahead(unit: OrgUnit, today: date) -> list[HoursException]:
    rows = HoursException.objects.filter(unit=unit, day__gte=today).order_by("day", "opens")
    return list(rows[:SHOWN_DAYS])
