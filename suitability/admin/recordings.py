"""Double recordings: recorded chapter by chapter at the outlet, checked at the quality desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.admin.cells import LANGUAGES
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles, scope
from brokerage.files import api as files
from brokerage.files.chapters import ChapterStatus, UnableToRecord
from brokerage.journal.actors import Actor
from suitability.models import DoubleRecording, RecordingChapter, in_language
from suitability.selectors.rules import recording_rules_of
from suitability.states import RecordingStatus
from suitability.use_cases.recordings import (
    FILES,
    check_recording,
    give_up_recording,
    keep_chapter,
    redo_chapter,
)

RECORD = "suitability.add_doublerecording"
CHECK = "suitability.check_doublerecording"
REFUSALS = (UnableToRecord,)
RECORD_URL = "admin:suitability_doublerecording_record"
CHAPTER_URL = "admin:suitability_doublerecording_chapter"
CAMERA = "camera=(self), microphone=(self), geolocation=(), payment=()"


class CheckForm(ActForm):
    """The points of the quality check, each yes or no."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed where a point does not hold: what has to be done again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = recording_rules_of(self.row.rule_version).points
        for point in self.points:
            self.fields[f"point_{point.key}"] = forms.TypedChoiceField(
                label=in_language(dict(point.text)),
                choices=[("yes", pgettext("answer", "Yes")), ("no", pgettext("answer", "No"))],
                coerce=lambda value: value == "yes",
                widget=forms.RadioSelect,
            )
        self.order_fields([*(f"point_{point.key}" for point in self.points), "note"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = [values.get(f"point_{point.key}") for point in self.points]
        if False in found and not values.get("note"):
            self.add_error("note", _("Write what is wrong, so that it can be recorded again."))
        return values


def _check(request: HttpRequest, row: DoubleRecording, values: dict[str, Any]) -> str:
    findings = {
        key.removeprefix("point_"): given
        for key, given in values.items()
        if key.startswith("point_")
    }
    done = check_recording(
        recording=row,
        findings=findings,
        note=values["note"],
        officer=user_of(request),
        at=clock.now(),
    )
    if done.status == RecordingStatus.PASSED:
        return _("Passed. The outlet is told.")
    return _("Not passed. The outlet is told to record it again.")


def _give_up(request: HttpRequest, row: DoubleRecording, values: dict[str, Any]) -> str:
    give_up_recording(recording=row, staff=user_of(request), at=clock.now())
    return _("The recording is given up.")


def _may_check(user: Any, row: DoubleRecording) -> bool:
    return row.status == RecordingStatus.COMPLETE and row.recorded_by_id != user.pk


def _may_record(user: Any, row: DoubleRecording) -> bool:
    open_still = row.status in (RecordingStatus.OPEN, RecordingStatus.COMPLETE)
    return open_still and row.recorded_by_id == user.pk


@admin.register(DoubleRecording)
class DoubleRecordingAdmin(ActsAdmin):
    """Recordings of the customers of one's units; who recorded one never checks it."""

    section = "control"
    icon = "camera"
    order = 24
    change_form_template = "admin/suitability/recording.html"
    list_display = ["begun_at", "who", "item", "about", "place", "status", "recorded_by"]
    list_filter = ["status", "about"]
    list_select_related = ["customer", "record__item", "request", "place", "recorded_by"]
    fields = ["status", "who", "item", "about", "chapters", "place", "recorded_by"]
    fields += ["consented_at", "consent", "script", "language", "begun_at", "completed_at"]
    fields += ["found", "note", "checked_by", "checked_at", "given_up_at"]
    acts = (
        Act(
            key="check",
            title=gettext_lazy("Check the quality"),
            button=gettext_lazy("Keep the result"),
            right=CHECK,
            form=CheckForm,
            run=_check,
            shown=_may_check,
            refusals=REFUSALS,
            note=gettext_lazy(
                "Watch every chapter to its end. It passes only where every point holds, and "
                "nobody can pass it otherwise."
            ),
        ),
        Act(
            key="give_up",
            title=gettext_lazy("End this recording"),
            button=gettext_lazy("Give it up"),
            right=RECORD,
            run=_give_up,
            shown=_may_record,
            refusals=REFUSALS,
            kind="2",
            note=gettext_lazy("Where the customer no longer agrees. What was recorded is kept."),
        ),
    )

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "suitability_doublerecording"
        return [
            path("<uuid:ref>/record/", wrap(record_view), name=f"{name}_record"),
            path(
                "<uuid:ref>/record/<uuid:chapter>/",
                wrap(require_POST(chapter_view)),
                name=f"{name}_chapter",
            ),
            *super().own_urls(),
        ]

    def title_of(self, row: DoubleRecording) -> str:
        return f"{row.customer.shown} · {row.matter}"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: DoubleRecording) -> str:
        return row.customer.shown

    @admin.display(description=pgettext_lazy("recording", "matter"))
    def item(self, row: DoubleRecording) -> str:
        return row.matter

    @admin.display(description=gettext_lazy("chapters"))
    def chapters(self, row: DoubleRecording) -> SafeString:
        """What is read, in the customer's language, and how far that is."""
        lines = [
            (LANGUAGES[row.language], each.shown, each.get_status_display())
            for each in row.chapters.all()
        ]
        return format_html_join(SafeString("<br>"), '<span lang="{}">{}</span> · {}', lines)

    def files_of(self, row: DoubleRecording) -> list[tuple[UUID, str]]:
        return [
            (each.file_ref, _("Watch chapter {n}").format(n=number))
            for number, each in enumerate(row.chapters.all(), start=1)
            if each.file_ref is not None
        ]

    @admin.display(description=pgettext_lazy("recording", "findings"))
    def found(self, row: DoubleRecording) -> SafeString | str:
        """Each point with yes or no, once it was checked."""
        yes, no = pgettext("answer", "Yes"), pgettext("answer", "No")
        lines = [
            (in_language(dict(point.text)), yes if row.findings[point.key] else no)
            for point in recording_rules_of(row.rule_version).points
            if point.key in row.findings
        ]
        return format_html_join(SafeString("<br>"), "{}: {}", lines) or "–"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and roles.may(request.user, RECORD) and _may_record(request.user, row):
            context["record_url"] = reverse(RECORD_URL, args=[row.ref])
        return super().render_change_form(request, context, *args, **kwargs)


def record_view(request: HttpRequest, ref: UUID) -> HttpResponse:
    """All chapters, the next one open; for who began the recording."""
    row = _mine(request, ref)
    chapters = list(row.chapters.all())
    missing = [each for each in chapters if each.status == ChapterStatus.MISSING]
    context = {
        "recording": row,
        "chapters": chapters,
        "recorded": [(each, _chapter_url(each)) for each in chapters if each not in missing],
        "next": missing[0] if missing else None,
        "next_url": _chapter_url(missing[0]) if missing else "",
        "number": len(chapters) - len(missing) + 1,
        "owner": row.ref,
        "purpose": FILES,
    }
    response = page(request, "admin/suitability/record.html", context)
    response.headers["Permissions-Policy"] = CAMERA
    return response


def chapter_view(request: HttpRequest, ref: UUID, chapter: UUID) -> HttpResponse:
    """Keep a chapter (`file`: ref of an upload; or `video`: the file itself), or redo it."""
    row = _mine(request, ref)
    found = row.chapters.filter(ref=chapter).first()
    if found is None:
        raise Http404
    staff, at = user_of(request), clock.now()
    try:
        if request.POST.get("act") == "redo":
            redo_chapter(chapter=found, staff=staff, at=at)
        else:
            keep_chapter(chapter=found, file_ref=_file_of(request, row, at), staff=staff, at=at)
    except UnableToRecord as refused:
        messages.error(request, str(refused))
    except files.UnableToStore as refused:
        messages.error(request, refused.messages[0])
    return redirect(RECORD_URL, row.ref)


def _mine(request: HttpRequest, ref: UUID) -> DoubleRecording:
    """A recording that this person began and that has not ended; else a 404."""
    if not roles.may(request.user, RECORD):
        raise PermissionDenied
    rows = DoubleRecording.objects.select_related("record__item", "request", "customer")
    found = scope.visible_or_404(rows, request.user, ref=ref)
    if not _may_record(request.user, found):
        raise Http404
    return found


def _chapter_url(chapter: RecordingChapter) -> str:
    return reverse(CHAPTER_URL, args=[chapter.recording.ref, chapter.ref])


def _file_of(request: HttpRequest, row: DoubleRecording, at: datetime) -> UUID:
    """The ref that a script sent, or that of the file in a plain form."""
    if upload := request.FILES.get("video"):
        stored = files.store(
            upload=upload,
            purpose=FILES,
            owner_ref=row.ref,
            actor=Actor.of(user_of(request)),
            at=at,
        )
        return stored.ref
    try:
        return UUID(request.POST.get("file", ""))
    except ValueError:
        raise UnableToRecord(_("We did not get this recording. Record it again.")) from None
