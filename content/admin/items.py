"""Items with their working text, signed versions with what changed, corrections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import OrgUnit
from branches.selectors import units_of
from branches.states import Kind
from brokerage.backoffice import recording
from brokerage.backoffice.admin import Act, ActForm, ReadOnlyAdmin
from brokerage.backoffice.admin.acts import WithActs
from brokerage.backoffice.people import user_of
from brokerage.core import clock, scope
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import roles_of
from brokerage.reference.models import Instrument
from content.access import DESK, OF_OUTLETS
from content.forms import security_of
from content.models import Content, Item, Revision
from content.rules.differences import differences
from content.states import ItemStatus
from content.use_cases.attach_report import UnableToAttach, attach_report, detach_report
from content.use_cases.sign_item import Change, UnableToSign, sign_item
from content.use_cases.withdraw_item import UnableToWithdraw, withdraw_item

AUDIENCE = ("kind", "topic", "unit")
WORDS = [field.name for field in Content._meta.fields if field.editable]


class SignForm(ActForm):
    """What a version after the first changes."""

    is_correction = forms.BooleanField(
        label=gettext_lazy("It corrects an error: tell everybody who read an earlier version"),
        required=False,
    )
    note_zh = forms.CharField(
        label=gettext_lazy("What changed, Chinese"), max_length=300, required=False
    )
    note_en = forms.CharField(
        label=gettext_lazy("What changed, English"), max_length=500, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row.status != ItemStatus.LIVE:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        """A correction says in both languages what was wrong."""
        found = super().clean() or {}
        if found.get("is_correction"):
            for name in ("note_zh", "note_en"):
                if not found.get(name, "").strip():
                    self.add_error(name, _("Say in both languages what was wrong."))
        return found


class AttachForm(ActForm):
    """The PDF of a report."""

    upload = forms.FileField(
        label=gettext_lazy("file (PDF)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class WithdrawForm(ActForm):
    """What its readers are told."""

    note_zh = forms.CharField(label=gettext_lazy("What was wrong, Chinese"), max_length=300)
    note_en = forms.CharField(label=gettext_lazy("What was wrong, English"), max_length=500)


def _sign(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    sign_item(item=row, signer=user_of(request), change=Change(**values), at=clock.now())
    return _("Signed. A second person decides now.")


def _attach(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    attach_report(item=row, by=user_of(request), at=clock.now(), **values)
    return _("Attached. It is checked, and readers see it once a version with it is released.")


def _detach(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    detach_report(item=row, by=user_of(request), at=clock.now())
    return _("Taken off. Readers see it until the next version is released.")


def _withdraw(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    withdraw_item(item=row, officer=user_of(request), at=clock.now(), **values)
    return _("Withdrawn. Everybody who read it is told.")


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """The working text. An outlet writes for its own customers alone."""

    codes = forms.CharField(
        label=gettext_lazy("Securities"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Codes with a space between them, such as 600000 000001.SZ"),
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

    def clean_codes(self) -> list[Instrument]:
        """The securities behind the codes, each once."""
        typed = self.cleaned_data["codes"].replace(",", " ").replace("，", " ").split()
        return [security_of(code) for code in dict.fromkeys(typed)]


@admin.register(Item)
class ItemAdmin(WithActs):
    """What is written here nobody sees; what was signed and released stands on the versions."""

    section = "insights"
    icon = "edit"
    order = 20
    form = ItemForm
    change_form_template = "admin/content/item.html"
    list_display = ["title_shown", "kind", "status", "topic", "unit", "released_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["topic", "unit"]
    search_fields = ["title_zh", "title_en"]
    search_help = gettext_lazy("Part of the title")
    fields = ["kind", "topic", "unit", "codes", *WORDS]
    readonly_fields = ["report_shown"]
    add_label = gettext_lazy("Write an item")
    acts = (
        Act(
            key="sign",
            title=gettext_lazy("Sign the working text"),
            button=pgettext_lazy("item", "Sign"),
            right="content.sign_item",
            form=SignForm,
            run=_sign,
            shown=lambda user, row: (
                row.status != ItemStatus.WITHDRAWN
                and not Revision.objects.pending().filter(item=row).exists()
            ),
            refusals=(UnableToSign,),
            note=gettext_lazy(
                "You answer for every word with your licence. A second person releases it."
            ),
        ),
        Act(
            key="attach",
            title=gettext_lazy("Attach the report as a PDF"),
            button=gettext_lazy("Attach"),
            right="content.change_item",
            form=AttachForm,
            run=_attach,
            shown=lambda user, row: row.status != ItemStatus.WITHDRAWN,
            refusals=(UnableToAttach,),
            kind="2",
            note=gettext_lazy("One PDF of at most 20 MB; another one takes its place."),
        ),
        Act(
            key="detach",
            title=gettext_lazy("Take the PDF off"),
            button=gettext_lazy("Take off"),
            right="content.change_item",
            run=_detach,
            shown=lambda user, row: (
                row.report_id is not None and row.status != ItemStatus.WITHDRAWN
            ),
            refusals=(UnableToAttach,),
            kind="2",
        ),
        Act(
            key="withdraw",
            title=gettext_lazy("Withdraw it at once"),
            button=pgettext_lazy("item", "Withdraw"),
            right="content.withdraw_item",
            form=WithdrawForm,
            run=_withdraw,
            shown=lambda user, row: row.status == ItemStatus.LIVE,
            refusals=(UnableToWithdraw,),
            kind="stop",
            note=gettext_lazy("Everybody who read it is told what was wrong."),
        ),
    )

    @admin.display(description=gettext_lazy("title"))
    def title_shown(self, row: Item) -> str:
        return row.title

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
            row = Item.objects.select_for_update(of=("self",)).get(pk=obj.pk)
            frozen = AUDIENCE if _is_signed(row) else ()
            typed = [name for name in form.changed_data if name not in (*frozen, "codes")]
            for name in typed:
                setattr(row, name, getattr(obj, name))
            recording.save(request.user, row, change=True, changed=typed)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if "codes" in form.cleaned_data and not _is_signed(form.instance):
            form.instance.instruments.set(form.cleaned_data["codes"])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ended = obj is not None and obj.status == ItemStatus.WITHDRAWN
        return not ended and super().has_change_permission(request, obj)

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


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """Signed versions; the second person sees what changed against what readers see now."""

    section = "insights"
    icon = "eye"
    order = 30
    change_form_template = "admin/content/revision.html"
    list_display = ["title_shown", "number", "decision", "signer", "made_at", "is_correction"]
    list_filter = ["decision", "is_correction"]
    list_select_related = ["signer"]
    readonly_fields = ["kind", "topic", "unit", "named", "report_shown"]
    fields = [
        "number",
        "decision",
        "kind",
        "topic",
        "unit",
        "named",
        "signer",
        "licence_number",
        "made_at",
        "rule_version",
        "is_correction",
        "note_zh",
        "note_en",
        "verdict",
        "grade",
        "for_visitors",
        "for_holders",
        "tier",
        "expires_on",
        "report_shown",
        "checked_at",
        "rejection_reason",
    ]

    @admin.display(description=gettext_lazy("title"))
    def title_shown(self, row: Revision) -> str:
        return row.title

    @admin.display(description=pgettext_lazy("item", "kind"))
    def kind(self, row: Revision) -> str:
        return str(row.item.get_kind_display())

    @admin.display(description=pgettext_lazy("insights", "topic"))
    def topic(self, row: Revision) -> str:
        return row.item.topic.name

    @admin.display(description=gettext_lazy("only for customers of"))
    def unit(self, row: Revision) -> str:
        return row.item.unit.name if row.item.unit else ""

    @admin.display(description=gettext_lazy("securities"))
    def named(self, row: Revision) -> str:
        return names_of(row.item)

    @admin.display(description=gettext_lazy("report (PDF)"))
    def report_shown(self, row: Revision) -> str:
        return report_of(row)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            before = row.item.revisions.approved().filter(number__lt=row.number)
            context["before"] = old = before.order_by("-number").first()
            context["parts"] = [_part(name, old, row) for name in _worded()]
        return super().render_change_form(request, context, *args, **kwargs)


def _worded() -> list[str]:
    parts = ("title", "claim", "evidence", "body")
    return [f"{name}_{code}" for code in ("zh", "en") for name in parts]


def _part(name: str, old: Revision | None, new: Revision) -> tuple[str, Any]:
    """The name of a column and its passages; without an earlier version, as it stands."""
    label = capfirst(str(Revision._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    text = getattr(new, name)
    return label, differences(getattr(old, name) if old else text, text)
