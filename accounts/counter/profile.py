"""About the customer, as staff fill it in: what needs a conversation is written down here."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.profile import ProfileForm


class ProfileAtCounterForm(ProfileForm):
    """The same questions, and what came of the conversation where an answer asks for one.

    Online such an answer goes no further. Here it is kept with what staff learned, the customer
    confirms it, and two people decide (accounts.review_routing): nobody at a counter does.
    """

    industry_note = forms.CharField(
        label=gettext_lazy("Where the customer works, and as what"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Only for who works for a securities firm or the regulator. They may not trade shares."
        ),
    )
    beneficiary_note = forms.CharField(
        label=gettext_lazy("Who else decides or owns the money"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Name, document and number of each person, and how you saw their papers."
        ),
    )

    def meets(self, name: str) -> bool:
        """Here is where it goes on."""
        return False
