"""Reminders as advisers and readers see them, with the outcome of a follow-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from content.models import Reminder
from content.states import Outcome, ReminderKind
from content.use_cases.answer_reminder import UnableToFollowUp, follow_up


class FollowForm(ActForm):
    """What came of it."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("reminder", "Outcome"), choices=Outcome.choices
    )
    note = forms.CharField(
        label=pgettext_lazy("reminder", "Note"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The customer can read it in the copy of their data."),
    )


def _follow(request: HttpRequest, row: Reminder, values: dict[str, Any]) -> str:
    outcome = Outcome(values.pop("outcome"))
    follow_up(reminder=row, outcome=outcome, adviser=user_of(request), at=clock.now(), **values)
    if outcome == Outcome.UNREACHED:
        return _("Noted. It stays among your tasks.")
    return _("Noted.")


@admin.register(Reminder)
class ReminderAdmin(ActsAdmin):
    """What customers were reminded of; some kinds an adviser follows up."""

    section = "insights"
    icon = "clock"
    order = 50
    list_display = ["kind", "day", "customer", "needs_person", "outcome", "acted_at"]
    list_filter = ["kind", "needs_person", "outcome"]
    list_select_related = ["customer"]
    fields = ["kind", "day", "customer", "said", "about", "rule_version", "made_at", "read"]
    fields += ["acted_at", "needs_person", "attempts", "outcome", "note", "followed_by"]
    fields += ["followed_at"]
    readonly_fields = ["said", "about", "read"]
    acts = (
        Act(
            key="follow",
            title=gettext_lazy("Talk with the customer"),
            button=gettext_lazy("Note the outcome"),
            right="content.follow_reminder",
            form=FollowForm,
            run=_follow,
            shown=lambda user, row: row.needs_person and not row.outcome,
            refusals=(UnableToFollowUp,),
            note=gettext_lazy("Ask and listen; no order is suggested."),
        ),
    )

    @admin.display(description=gettext_lazy("figures"))
    def said(self, row: Reminder) -> str:
        return row.said

    @admin.display(description=pgettext_lazy("reminder", "what it is about"))
    def about(self, row: Reminder) -> str:
        """A link to what the customer was pointed at, where it is more than their reminders."""
        link = row.message.values.get("link", "") if row.message else ""
        if not link or row.kind != ReminderKind.RUMOUR:
            return ""
        return format_html('<a href="{}">{}</a>', link, row.said)

    @admin.display(description=gettext_lazy("read at"))
    def read(self, row: Reminder) -> Any:
        return row.message.read_at if row.message else None
