"""What a use case refused, said beside the fields of a form."""

from __future__ import annotations

from django import forms

from brokerage.core.refusals import RefusedByField


def tell(form: forms.Form, refusal: RefusedByField) -> None:
    """Put each message beside its field, those of no field of this form on top."""
    for name, texts in refusal.errors.items():
        form.add_error(name if name in form.fields else None, texts)
