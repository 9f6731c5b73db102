"""What a customer follows or mutes, as typed or clicked."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from brokerage.reference.models import Instrument
from content.models import Topic
from content.use_cases.follow import Wish

CODE = re.compile(r"(?:(SH|SZ|BJ))?(\d{6})(?:\.(SH|SZ|BJ))?")
BETWEEN = re.compile(r"[,，、;；\n]+")
SUGGESTED = 5
"""So many securities of a name are offered; who means another one types more of it."""


def security_of(typed: str) -> Instrument:
    """The listed security behind a code such as 600000 or 600000.SH, or behind its name.

    A name is that of one security alone: as a whole, or as a part of no other one's.

    Raises:
        ValidationError: when nothing is listed so, or more than one; then with some to choose.
    """
    listed, wanted = Instrument.objects.filter(is_delisted=False), typed.strip()
    code = CODE.fullmatch(wanted.upper())
    if code is None:
        return _named(listed, wanted)
    market = code[1] or code[3]
    rows = listed.filter(code=code[2])
    found = list((rows.filter(market=market) if market else rows)[:2])
    if not found:
        raise ValidationError(_("No listed security has this code."))
    if len(found) > 1:
        raise ValidationError(
            _("Several markets know this code. Add the market, such as 000001.SZ.")
        )
    return found[0]


def securities_of(typed: str) -> list[Instrument]:
    """The securities of a list, each once: names with commas between them, codes also with spaces.

    Raises:
        ValidationError: as `security_of`.
    """
    wanted: list[str] = []
    for part in BETWEEN.split(typed):
        words = part.split()
        are_codes = all(CODE.fullmatch(word.upper()) for word in words)
        wanted += words if are_codes else [part.strip()]
    return list(dict.fromkeys(security_of(one) for one in wanted))


def _named(listed: QuerySet[Instrument], name: str) -> Instrument:
    whole = list(listed.filter(Q(name_zh__iexact=name) | Q(name_en__iexact=name))[:2])
    if len(whole) == 1:
        return whole[0]
    part = listed.filter(Q(name_zh__icontains=name) | Q(name_en__icontains=name))
    found = list(part.order_by("code", "market")[: SUGGESTED + 1])
    if not found:
        raise ValidationError(_("No listed security has this name or code."))
    if len(found) == 1:
        return found[0]
    some = pgettext("list of values", ", ").join(
        f"{one.name} {one.code}.{one.market}" for one in found[:SUGGESTED]
    )
    said = _("Several securities are called so: {some}. Type the code of one.")
    raise ValidationError(said.format(some=some))


class WishForm(forms.Form):
    """One topic, or one security by its code or name, and what is wished."""

    topic = forms.ModelChoiceField(
        Topic.objects.all(), to_field_name="code", required=False, label=_("Topic")
    )
    code = forms.CharField(
        label=pgettext_lazy("market", "Security"),
        required=False,
        max_length=60,
        help_text=_("Its name, or its code such as 600000."),
    )
    wish = forms.ChoiceField(choices=[(each.value, each.value) for each in Wish])

    def clean_code(self) -> Instrument | None:
        """The listed security behind a code or a name."""
        typed = self.cleaned_data["code"].strip()
        return security_of(typed) if typed else None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and bool(found.get("topic")) == bool(found.get("code")):
            raise ValidationError({"code": _("Type the name or the code of a security.")})
        return found
