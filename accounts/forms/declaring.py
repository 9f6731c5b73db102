"""A tax declaration after the opening: the form of the step, and since when it is so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.entity_tax import EntityTaxForm
from accounts.forms.identity import day
from accounts.forms.tax import TaxForm
from accounts.models import Section, TaxDeclaration
from accounts.use_cases.declare_tax import save_declaration


@dataclass(frozen=True)
class _Kept:
    """What a form of a step reads of its section, from a declaration that is no step."""

    version: int
    answers: dict[str, Any]
    is_done: bool
    provenance: dict[str, Any] = field(default_factory=dict)


class _Later(TaxForm):
    """What both forms share: bound to a declaration in place of a section."""

    changed_on = day(
        gettext_lazy("True since"),
        help_text=gettext_lazy(
            "The day of the move or of the other change. A change is declared within 30 days; "
            "declare it also when that is over."
        ),
    )

    def __init__(self, *args: Any, declaration: TaxDeclaration, at: datetime) -> None:
        self.declaration = declaration
        untouched = declaration.version == 0
        kept = _Kept(declaration.version, declaration.answers, is_done=untouched)
        super().__init__(
            *args, application=declaration.application, section=cast("Section", kept), at=at
        )

    def present(self) -> dict[str, Any]:
        return {"changed_on": self.declaration.changed_on}

    def prepare(self) -> None:
        super().prepare()
        if self.declaration.version and self.declaration.changed_on is None:
            self.warnings["changed_on"] = _("Fill this in.")
        self.needed |= {"changed_on"}

    def clean_changed_on(self) -> date | None:
        given: date | None = self.cleaned_data["changed_on"]
        if given and given > self.on:
            raise ValidationError(_("This day has not come yet."))
        return given

    def values(self) -> dict[str, Any]:
        kept = super().values()
        kept.pop("changed_on", None)
        return kept

    def store(self) -> TaxDeclaration:
        """Keep what is valid; raises UnableToDeclare."""
        return save_declaration(
            declaration=self.declaration,
            values=self.values(),
            changed_on=self.cleaned_data.get("changed_on"),
            version=self.cleaned_data.get("version", -1),
        )


class LaterTaxForm(_Later):
    """Of a person."""


class LaterEntityTaxForm(_Later, EntityTaxForm):
    """Of an organisation."""


def form_for(declaration: TaxDeclaration, at: datetime, *given: Any) -> _Later:
    """The form of whoever declares."""
    entity = declaration.application.is_organisation
    form = LaterEntityTaxForm if entity else LaterTaxForm
    return form(*given, declaration=declaration, at=at)
