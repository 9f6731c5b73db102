"""Items with their working text, signed versions with what changed, corrections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import Licence, OrgUnit
from branches.selectors import units_of
from branches.states import Kind
from brokerage.backoffice import recording
from brokerage.backoffice.admin.acts import WithActs
from brokerage.backoffice.people import user_of
from brokerage.core import clock, scope
from brokerage.core.display import formats
from brokerage.core.four_eyes import Decision
from brokerage.core.locking import lock_row
from brokerage.core.roles import roles_of
from brokerage.reference.models import Instrument
from content.access import DESK, OF_OUTLETS
from content.admin.item_acts import ACTS
from content.forms import securities_of
from content.models import Content, Item, Revision
from content.selectors import audience
from content.selectors.leaving import SOON, without_licence
from content.states import ItemStatus

DAY = timedelta(days=1)
STAYS = gettext_lazy("It stays once a version was signed; then only withdrawing helps.")
AUDIENCE = ("kind", "topic", "unit")
WORDS = [field.name for field in Content._meta.fields if field.editable]


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """The working text. An outlet writes for its own customers alone."""

    codes = forms.CharField(
        label=gettext_lazy("Securities"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Codes or names with a comma between them: 600000, 000001.SZ"),
    )

    class Meta:
        model = Item
        fields = ("kind", "topic", "unit", *WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "codes" in self.fields:
            named = self.instance.instruments.all()
            self.fields["codes"].initial = " ".join(f"{one.code}.{one.market}" for one in named)
        for name in ("body_zh", "body_en"):
            if field := self.fields.get(name):
                field.help_text = gettext_lazy("Empty line: paragraph. “## ”: title. “- ”: list.")
        for name in ("topic", "codes"):
            if field := self.fields.get(name):
                field.help_text = f"{field.help_text} {STAYS}".strip()

    def clean_codes(self) -> list[Instrument]:
        """The securities behind the codes and names, each once."""
        return securities_of(self.cleaned_data["codes"])

    def clean(self) -> dict[str, Any]:
        """What one unit writes has readers there alone, so it is not open to everybody."""
        found = super().clean() or {}
        if found.get("for_visitors") and found.get("unit", self.instance.unit):
            self.add_error(
                "for_visitors", _("What is for customers of one unit is not open to everybody.")
            )
        return found


class TodayFilter(admin.SimpleListFilter):
    """Whether readers get it today, and what leaves soon."""

    title = gettext_lazy("for readers today")
    parameter_name = "today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("shown", pgettext_lazy("item", "shown")),
            ("soon", gettext_lazy("ends within a week")),
            ("ended", gettext_lazy("ended")),
            ("licence", gettext_lazy("the signer's licence ends or has ended")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = clock.today()
        released = queryset.filter(status=ItemStatus.LIVE)
        match self.value():
            case "shown":
                return audience.licensed(released.filter(live_expires_on__gt=today), today)
            case "soon":
                return released.filter(live_expires_on__range=(today + DAY, today + SOON))
            case "ended":
                return released.filter(live_expires_on__lte=today)
            case "licence":
                return without_licence(queryset, today)
        return queryset


@admin.register(Item)
class ItemAdmin(WithActs):
    """What is written here nobody sees; what was signed and released stands on the versions."""

    section = "insights"
    icon = "edit"
    order = 20
    form = ItemForm
    change_form_template = "admin/content/item.html"
    list_display = ["title_shown", "kind", "status", "today", "topic", "unit", "released_at"]
    list_filter = ["status", TodayFilter, "kind"]
    list_select_related = ["topic", "unit"]
    search_fields = ["title_zh", "title_en"]
    search_help = gettext_lazy("Part of the title")
    fields = ["kind", "topic", "unit", "codes", *WORDS]
    readonly_fields = ["report_shown"]
    add_label = gettext_lazy("Write an item")
    acts = ACTS

    @admin.display(description=gettext_lazy("title"))
    def title_shown(self, row: Item) -> str:
        return row.title

    @admin.display(description=gettext_lazy("for readers today"))
    def today(self, row: Any) -> str:
        """Whether readers get what was released, until when, and why not."""
        if row.status != ItemStatus.LIVE:
            return ""
        last = formats.day(row.live_expires_on - DAY, year=True)
        if row.live_expires_on <= clock.today():
            return _("ended, last day {day}").format(day=last)
        if not row.is_licensed:
            return _("hidden: the signer's licence has ended")
        return _("shown until {day}").format(day=last)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        held = Licence.objects.held_on(clock.today()).filter(pk=OuterRef("live_licence"))
        return super().get_queryset(request).annotate(is_licensed=Exists(held))

    @admin.display(description=gettext_lazy("securities"))
    def named(self, row: Item) -> str:
        return names_of(row)

    @admin.display(description=gettext_lazy("report (PDF)"))
    def report_shown(self, row: Item) -> str:
        return report_of(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads sees the securities by name."""
        fields = list(super().get_fields(request, obj))
        if obj is not None:
            fields.append("report_shown")
        if obj is None or (self.has_change_permission(request, obj) and not _is_signed(obj)):
            return fields
        return ["named" if name == "codes" else name for name in fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What decides who reads it stays from the signature on: the second person saw it so."""
        named = [*super().get_readonly_fields(request, obj), "named"]
        return [*named, *AUDIENCE] if obj and _is_signed(obj) else named

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "unit":
            field.queryset = _units(user_of(request))
            field.required = not roles_of(request.user) & set(DESK)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only what was typed is written, so that a release of this moment is never undone."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        with transaction.atomic():
            row = lock_row(Item, obj.pk)
            frozen = AUDIENCE if _is_signed(row) else ()
            typed = [name for name in form.changed_data if name not in (*frozen, "codes")]
            for name in typed:
                setattr(row, name, getattr(obj, name))
            recording.save(request.user, row, change=True, changed=typed)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if "codes" in form.cleaned_data and not _is_signed(form.instance):
            form.instance.instruments.set(form.cleaned_data["codes"])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj is not None and obj.is_over) and super().has_change_permission(
            request, obj
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["revisions"] = list(row.revisions.select_related("signer").order_by("-number"))
            context["corrections"] = list(row.corrections.order_by("-made_at"))
            context["readers"] = row.reads.count()
            context["raw"] = row.raw
        return super().render_change_form(request, context, *args, **kwargs)


def names_of(item: Item) -> str:
    """The securities of an item with their codes."""
    return ", ".join(f"{one.name} {one.code}.{one.market}" for one in item.instruments.all())


def report_of(row: Item | Revision) -> str:
    """The PDF with its state, as a link once it was checked."""
    if row.report is None:
        return ""
    state = row.report.get_status_display()
    if row.report.shown() is None:
        return str(state)
    url = reverse("files:file", args=[row.report.ref])
    size = filesizeformat(row.report.size)
    return format_html('<a href="{}">PDF</a>, {}, {}', url, size, state)


def _is_signed(item: Item) -> bool:
    """Whether a version waits or was released; what was sent back may change in every part."""
    return item.revisions.exclude(decision=Decision.REJECTED).exists()


def _units(user: Any) -> Any:
    """Outlets that this person writes for."""
    seen = scope.visible(OrgUnit, user)
    rows = seen.filter(kind__in=[Kind.OUTLET, Kind.BRANCH_COMPANY]).order_by("code")
    if roles_of(user) & set(DESK):
        return rows
    mine = [role for role in OF_OUTLETS if role in roles_of(user)]
    return rows.filter(pk__in=units_of(user, clock.today(), roles=mine).values("pk"))
