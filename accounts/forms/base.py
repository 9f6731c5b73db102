"""What every form of a step shares: its section, the version that the page showed, its sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import Application, Section
from accounts.rules.sections import lacking
from accounts.states import Step
from accounts.use_cases import Answer, save_section
from brokerage.core.clock import business_date
from brokerage.customers.models import Source
from brokerage.journal.actors import Actor

SALT = "accounts.seen"
WORDS = {"customer": "typed", "ocr": "read"}


class StepForm(forms.Form):
    """Base: one step of one application."""

    step: ClassVar[Step]
    keeps_partly: ClassVar[bool] = True
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        application: Application,
        section: Section | None,
        at: datetime,
        source: Source = Source.CUSTOMER,
        **kwargs: Any,
    ) -> None:
        self.application, self.section, self.at, self.source = application, section, at, source
        self.on = business_date(at)
        self.answers: dict[str, Any] = section.answers if section else {}
        hidden = {
            "version": self.present_version(),
            "seen": seen_token(at),
        }
        kwargs["initial"] = {**self.answers, **self.present(), **hidden}
        super().__init__(*args, **kwargs)
        marks = section.provenance if section else {}
        self.sources = {name: _word(mark) for name, mark in marks.items()}
        self.warnings = self._missing()
        self.confirmations: dict[str, str] = {}
        self.needed = frozenset(lacking(self.step, {}))
        self.prepare()

    def _missing(self) -> dict[str, str]:
        """What somebody who began and stopped still has to fill in."""
        if self.section is None or self.section.is_done:
            return {}
        return {name: _("Fill this in.") for name in lacking(self.step, self.answers)}

    def present_version(self) -> int:
        """The version that this page shows."""
        return self.section.version if self.section else 0

    def present(self) -> dict[str, Any]:
        """What is kept now where it differs from the answers of the section."""
        return {}

    def prepare(self) -> None:
        """Set what depends on the application or the day."""

    def keep(self, *, actor: Actor, at: datetime, unfinished: bool = False) -> Application:
        """Keep what is valid, also of a page with mistakes; raises StepRefused.

        Args:
            actor: who answers.
            at: the instant.
            unfinished: the page was left: the step stays open whatever is in it.
        """
        return save_section(
            application=self.application,
            answer=self.answer(),
            actor=actor,
            at=at,
            change=self.change,
            blocked=unfinished or self.is_blocked(),
            section=self.section,
        )

    def answer(self) -> Answer:
        """The valid values of this page as an answer."""
        return Answer(
            step=self.step,
            values=self.values(),
            version=self.cleaned_data.get("version", -1),
            source=self.source,
            seen_at=seen_at(self.cleaned_data.get("seen", "")),
        )

    def values(self) -> Mapping[str, Any]:
        """Valid values by field, as they are kept: text, lists of text, True."""
        skipped = {"version", "seen"}
        return {
            name: plain(value) for name, value in self.cleaned_data.items() if name not in skipped
        }

    def change(self, application: Application) -> None:
        """Set columns of the application that follow from the answers."""

    def is_blocked(self) -> bool:
        """Whether the answers are kept but do not finish the step."""
        return bool(self.errors)

    def kept_lines(self) -> list[tuple[str, str, str]]:
        """What is kept for the fields that people see: name, label and value in words."""
        lines = []
        for name, field in self.fields.items():
            kept = self.present().get(name, self.answers.get(name))
            if kept in (None, "", []) or isinstance(field.widget, forms.HiddenInput):
                continue
            words = {str(key): str(label) for key, label in getattr(field, "choices", [])}
            words["True"] = _("Yes")
            several = kept if isinstance(kept, list) else [kept]
            told = ", ".join(words.get(str(each), str(each)) for each in several)
            lines.append((name, str(field.label), told))
        return lines

    def renew(self, section: Section | None) -> None:
        """Let the next try count: the customer has seen what is kept now."""
        self.section = section
        self.answers = section.answers if section else {}
        posted: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        posted["version"] = str(self.present_version())
        self.data = posted


def plain(value: Any) -> Any:
    """A cleaned value as it is kept in a section."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [str(each) for each in value]
    return value if value is True else "" if value in (None, False) else str(value)


def _word(mark: Mapping[str, str]) -> str:
    return WORDS.get(mark["source"]) or str(Source(mark["source"]).label)


def seen_token(at: datetime) -> str:
    """When a page was made, signed, so that the next request can measure."""
    return signing.dumps(at.timestamp(), salt=SALT)


def seen_at(token: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(signing.loads(token, salt=SALT), UTC)
    except signing.BadSignature:
        return None
