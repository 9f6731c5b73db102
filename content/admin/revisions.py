"""Signed versions, as the second person needs them: what changed, from what, how it will look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from content.admin.items import names_of, report_of
from content.cleaning import to_html
from content.dated import names_of_screens
from content.marking import passages
from content.models import Revision
from content.rules.differences import differences

DECIDING = (
    "verdict", "grade", "for_visitors", "for_holders", "tier", "segment", "expires_on",
)  # fmt: skip
"""What decides who reads a version, and what it says of a claim."""


@dataclass(frozen=True)
class Facet:
    """One thing that decides: what it is called, as it was and as it is."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Look:
    """A version as readers of one language will see it; `body` is harmless HTML."""

    language: str
    name: str
    title: str
    claim: str
    evidence: str
    body: str


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
        *DECIDING,
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
            context["facets"] = [facet(name, old, row) for name in DECIDING] if old else []
            context["parts"] = [_part(name, old, row) for name in _worded()]
            context["looks"] = looks_of(row)
            context["raw"] = raw = row.item.raw
            context["raw_url"] = self.admin_site.url_of(raw, request) if raw else ""
            if raw is not None:
                names = names_of_screens(business_date(raw.arrived_at))
                marked = passages(raw.text, list(raw.marks.all()), names)
                context["marked"] = [each for each in marked if each.names]
        return super().render_change_form(request, context, *args, **kwargs)


def facet(name: str, old: Revision, new: Revision) -> Facet:
    """One thing that decides, in two versions."""
    return Facet(_label(name), _said(name, old), _said(name, new))


def looks_of(row: Revision) -> list[Look]:
    """Both languages, as the page of the item shows them."""
    return [
        Look(
            language=language,
            name=name,
            title=getattr(row, f"title_{code}"),
            claim=getattr(row, f"claim_{code}"),
            evidence=getattr(row, f"evidence_{code}") or row.evidence_zh,
            body=to_html(getattr(row, f"body_{code}")),
        )
        for code, language, name in (("zh", "zh-Hans", _("Chinese")), ("en", "en", _("English")))
    ]


def _said(name: str, row: Revision) -> str:
    value = getattr(row, name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "expires_on":
        return formats.day(value, year=True)
    return str(getattr(row, f"get_{name}_display")()) or "–"


def _label(name: str) -> str:
    return capfirst(str(Revision._meta.get_field(name).verbose_name))  # type: ignore[union-attr]  # a column


def _worded() -> list[str]:
    parts = ("title", "claim", "evidence", "body")
    return [f"{name}_{code}" for code in ("zh", "en") for name in parts]


def _part(name: str, old: Revision | None, new: Revision) -> tuple[str, Any]:
    """The name of a column and its passages; without an earlier version, as it stands."""
    text = getattr(new, name)
    return _label(name), differences(getattr(old, name) if old else text, text)
