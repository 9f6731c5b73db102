"""Forms of the import desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.reading import MOST_ROWS


class FileForm(forms.Form):
    """The file that somebody brings."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 20 MB and 100,000 rows, one sheet, no formulas."),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".csv,.xlsx,text/csv,"
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )
    rows = forms.IntegerField(
        label=_("Rows announced"),
        required=False,
        min_value=1,
        max_value=MOST_ROWS,
        help_text=_(
            "As many as the sender says there are, without the headings: so a list that was cut "
            "short is found. Empty where nobody said."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(label=_("Reason"), min_length=2, max_length=200)
