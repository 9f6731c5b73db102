"""Sources, and the desk's queue of texts that came in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import Act, ActForm
from brokerage.backoffice.admin.acts import WithActs
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.core.clock import business_date
from content.dated import names_of_screens
from content.marking import passages
from content.models import RawItem, Source, Topic
from content.rules.words import language_of
from content.states import ItemKind, RawStatus, Way
from content.troubles import in_words
from content.use_cases import decide_text
from content.use_cases.ask_feed import ask_feed
from content.use_cases.decide_text import UnableToDecideText
from content.use_cases.keep_original import UnableToKeep, has_room, keep_original
from content.use_cases.take_in import Incoming, UnableToTakeIn, take_in

DECIDES = "content.change_rawitem"
MOST_BYTES = 200_000


def _ask(request: HttpRequest, row: Source, values: dict[str, Any]) -> str:
    new = ask_feed(source=row, at=clock.now())
    row.refresh_from_db()
    if row.trouble:
        what = in_words(row.trouble)
        return _("Asked; {new} new. Trouble: {what}").format(new=new, what=what)
    return _("Asked; {new} new.").format(new=new)


@admin.register(Source)
class SourceAdmin(WithActs):
    """Who speaks, what we may do with it, and where its feed is."""

    section = "insights"
    icon = "globe"
    order = 40
    key = "-pk"
    list_display = ["name", "kind", "reach", "is_active", "asked_at", "trouble_shown"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name_zh", "name_en"]
    search_help = gettext_lazy("Part of the name")
    fields = ["name_zh", "name_en", "kind", "licence", "reach", "feed_url", "is_active"]
    add_label = gettext_lazy("Add a source")

    @admin.display(description=gettext_lazy("what was wrong last time"))
    def trouble_shown(self, row: Source) -> str:
        return in_words(row.trouble)

    acts = (
        Act(
            key="ask",
            title=gettext_lazy("Ask its feed now"),
            button=gettext_lazy("Ask"),
            right="content.change_source",
            run=_ask,
            shown=lambda user, row: bool(row.feed_url) and row.is_active,
            kind="2",
        ),
    )


class TextForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A text brought by hand in the notation of the desk, or as a Markdown file of that extent."""

    file = forms.FileField(
        label=gettext_lazy("Markdown file"),
        required=False,
        help_text=gettext_lazy(
            "UTF-8, instead of typing. A first line “# ” is the title. A PDF is kept on the page"
            " of the text afterwards."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".md,.markdown,.txt,text/markdown"}),
    )

    class Meta:
        model = RawItem
        fields = ("source", "title", "text", "author", "url", "published_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields.get("source")
        if source is not None:
            source.queryset = source.queryset.filter(is_active=True)
        if text := self.fields.get("text"):
            text.help_text = gettext_lazy("Empty line: paragraph. “## ”: title. “- ”: list.")
            text.required = self.fields["title"].required = False  # a file may hold both

    def _post_clean(self) -> None:
        """Nothing is built from the form: the use case has made the row."""

    def validate_constraints(self) -> None:
        """The use case fills the other columns; only then the constraints are asked."""

    def clean(self) -> dict[str, Any]:
        """Taken in here, so that a refusal stands beside its field and nothing typed is lost."""
        found = super().clean() or {}
        title, body = found.get("title", ""), found.get("text", "")
        if file := found.get("file"):
            title, body = self._read(file, title)
        if self.errors:
            return found
        incoming = Incoming(
            title=title,
            body=body,
            author=found["author"],
            url=found["url"],
            published_at=found["published_at"],
        )
        try:
            self.taken, self.is_new = take_in(
                source=found["source"],
                incoming=incoming,
                way=Way.HAND,
                user=self.maker,  # type: ignore[attr-defined]  # set by the admin class
                at=clock.now(),
            )
        except UnableToTakeIn as error:
            self.add_error("text" if error.field == "body" else error.field, str(error))
        return found

    def _read(self, file: Any, title: str) -> tuple[str, str]:
        """Title and body of a Markdown file; what cannot be read is said beside it."""
        if file.size > MOST_BYTES:
            self.add_error("file", _("The file is too large."))
            return "", ""
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("The file is no text in UTF-8."))
            return "", ""
        first, _line, rest = text.lstrip().partition("\n")
        if first.startswith("# "):
            return title or first[2:].strip(), rest
        return title, text


class WorkUpForm(ActForm):
    """What a text becomes."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("item", "Kind"), choices=ItemKind.choices, initial=ItemKind.CHECK
    )
    topic = forms.ModelChoiceField(
        Topic.objects.all(), label=pgettext_lazy("insights", "Topic"), empty_label=None
    )


class OriginalForm(ActForm):
    """The PDF as which a text came in."""

    upload = forms.FileField(
        label=gettext_lazy("file (PDF)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class DropForm(ActForm):
    """Why a text is dropped."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _work_up(request: HttpRequest, row: RawItem, values: dict[str, Any]) -> str:
    decide_text.work_up(raw=row, officer=user_of(request), at=clock.now(), **values)
    return _("An item was begun. Rewrite it, then have it signed.")


def _keep(request: HttpRequest, row: RawItem, values: dict[str, Any]) -> str:
    keep_original(raw=row, by=user_of(request), at=clock.now(), **values)
    return _("Kept. It can be opened once it was checked.")


def _drop(request: HttpRequest, row: RawItem, values: dict[str, Any]) -> str:
    decide_text.drop(raw=row, officer=user_of(request), at=clock.now(), **values)
    return _("Dropped.")


def _waits(user: Any, row: RawItem) -> bool:
    return row.status == RawStatus.WAITING


class LateFilter(admin.SimpleListFilter):
    """What the desk should have looked at by now."""

    title = gettext_lazy("clock")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(status=RawStatus.WAITING, due_at__lt=clock.now())


@admin.register(RawItem)
class RawItemAdmin(WithActs):
    """Texts that came in with the passages that rules marked; a person decides."""

    section = "insights"
    icon = "inbox"
    order = 10
    key = "-rank"
    change_form_template = "admin/content/text.html"
    form = TextForm
    list_display = ["title", "source", "status", "urgency", "risk", "due_at", "way"]
    list_filter = ["status", LateFilter, "risk", "way"]
    readonly_fields = ["original_shown"]
    list_select_related = ["source"]
    search_fields = ["title"]
    search_help = gettext_lazy("Part of the title")
    add_label = gettext_lazy("Bring a text")
    acts = (
        Act(
            key="work-up",
            title=gettext_lazy("Work it up"),
            button=gettext_lazy("Begin an item"),
            right=DECIDES,
            form=WorkUpForm,
            run=_work_up,
            shown=_waits,
            refusals=(UnableToDecideText,),
            note=gettext_lazy("Nobody sees it before it is rewritten, signed and released."),
        ),
        Act(
            key="drop",
            title=gettext_lazy("Drop this text"),
            button=gettext_lazy("Drop"),
            right=DECIDES,
            form=DropForm,
            run=_drop,
            shown=_waits,
            refusals=(UnableToDecideText,),
            kind="stop",
        ),
        Act(
            key="original",
            title=gettext_lazy("Keep the original as a PDF"),
            button=pgettext_lazy("file", "Keep"),
            right="content.add_rawitem",
            form=OriginalForm,
            run=_keep,
            shown=lambda user, row: has_room(row),
            refusals=(UnableToKeep,),
            kind="2",
            note=gettext_lazy(
                "At most 20 MB. It is checked, and nobody outside the desk sees it."
            ),
        ),
    )

    @admin.display(description=gettext_lazy("original (PDF)"))
    def original_shown(self, row: RawItem) -> str:
        """Its state; the link stands below for whoever may open it."""
        return str(row.original.get_status_display()) if row.original else ""

    def files_of(self, row: RawItem) -> list[tuple[UUID, str]]:
        if row.original is None:
            return []
        size = filesizeformat(row.original.size)
        return [(row.original.ref, _("Open the original (PDF, {size})").format(size=size))]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        typed = ["source", "title", "text", "author", "url", "published_at"]
        if obj is None:
            return [*typed[:3], "file", *typed[3:]]
        more = ["status", "urgency", "risk", "due_at", "way", "arrived_at", "reason"]
        shown = ["original_shown"] if obj.original_id else []
        return [name for name in typed if name != "text"] + more + shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what came in stays as it came

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.maker = user_of(request)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk, obj.ref = form.taken.pk, form.taken.ref

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The use case has stored everything."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            names = names_of_screens(business_date(row.arrived_at))
            context["passages"] = passages(row.text, list(row.marks.all()), names)
            context["language"] = language_of(row.text)
            context["instruments"] = list(row.instruments.all())
            context["copies"] = list(row.copies.select_related("source")[:20])
            context["item"] = getattr(row, "item", None)
        return super().render_change_form(request, context, *args, **kwargs)
