"""The form of a purpose, and saving it so that the release does not overwrite it."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from branches.visits.models import Purpose
from brokerage.backoffice.events import RecordAdded, RecordChanged
from brokerage.core import clock
from brokerage.core.roles import STAFF, Role
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.origin import Origin
from brokerage.users.models import User

MOST_LINES = 12
LABEL = "branches.purpose"
FIELDS = [
    *("code", "name_zh", "name_en", "summary_zh", "summary_en", "minutes", "service"),
    *("licence", "roles", "room_kind", "bring_zh", "bring_en", "position", "bookable"),
]


class LinesField(forms.CharField):
    """A short list, one thing in each line."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES or any(len(line) > self.longest for line in lines):
            text = _("At most {n} lines of {longest} signs.")
            raise ValidationError(text.format(n=MOST_LINES, longest=self.longest))
        return lines


class PurposeForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A purpose; what to bring stands one thing in each line."""

    roles = forms.MultipleChoiceField(
        label=_("roles that serve it"),
        choices=[(role.value, role.label) for role in Role if role in STAFF],
        widget=forms.CheckboxSelectMultiple,
    )
    bring_zh = LinesField(
        label=_("to bring, Chinese"), longest=60, help_text=_("One thing in each line.")
    )
    bring_en = LinesField(
        label=_("to bring, English"), longest=90, help_text=_("One thing in each line.")
    )

    class Meta:
        model = Purpose
        fields = FIELDS


def ref_of(purpose: Purpose) -> UUID:
    """A ref for the journal: lists of the release have no column for one."""
    return uuid5(NAMESPACE_URL, f"{LABEL}:{purpose.code}")


@transaction.atomic
def save_purpose(user: User, purpose: Purpose, *, change: bool, changed: list[str]) -> None:
    """Save it as the firm's own, so that the next release leaves it alone, and record that."""
    purpose.origin = Origin.FIRM
    purpose.source = purpose.source or user.display_name
    purpose.save()
    event = RecordChanged if change else RecordAdded
    record(
        event(subject=ref_of(purpose), subject_type=LABEL),
        actor=Actor.of(user),
        at=clock.now(),
        after={name: str(getattr(purpose, name)) for name in changed},
    )
