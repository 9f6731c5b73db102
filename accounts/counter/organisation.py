"""What an organisation's licence page asks for: the organisation, and the people behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.identity import day, photo
from accounts.papers.dated import owner_share
from accounts.papers.kinds import CARD, OTHERS
from accounts.papers.people import (
    AGENT,
    OWNERS,
    REPRESENTATIVE,
    ROLES,
    owner_problem,
    owners,
    owners_to_ask,
    title_of,
)
from accounts.papers.states import Hold, Nature
from brokerage.core.identifiers import BadIdentifier, Document, check_document

PAPERS = [
    (each.value, each.label) for each in (CARD, *OTHERS) if each != Document.BUSINESS_LICENCE
]
LABELS: dict[str, Any] = {
    "name": gettext_lazy("Name on the licence"),
    "id_number": gettext_lazy("Unified social credit code"),
    "front": gettext_lazy("The licence"),
    "address": gettext_lazy("Registered address"),
    "id_issuer": gettext_lazy("Registered by"),
}
PROBLEMS: dict[str, Any] = {
    "too_small": gettext_lazy("Who holds a share is named from {least} percent."),
    "too_much": gettext_lazy("The shares are more than 100 percent together."),
    "managers_only_last": gettext_lazy(
        "Who manages it is named only where nobody holds or controls it."
    ),
}


def fields_of(answers: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The fields that a licence adds, in the order of the page.

    Args:
        answers: what is kept: of owners one more is asked for than was named.
    """
    asked = owners_to_ask(answers)
    fields: dict[str, forms.Field] = {
        "name": forms.CharField(label=LABELS["name"], required=False, min_length=2, max_length=60),
        "nature": forms.ChoiceField(
            label=_("Kind of organisation"), required=False, choices=[("", "–"), *Nature.choices]
        ),
        "scope": forms.CharField(label=_("Main business"), required=False, max_length=200),
        "office": forms.CharField(label=_("Office address"), required=False, max_length=200),
    }
    for role in (REPRESENTATIVE, AGENT, *asked):
        fields |= _person(role)
        if role == AGENT:
            fields["agent_until"] = day(_("The authority holds until"))
            fields["mandate"] = photo(_("The authority, signed and sealed"))
    if asked[-1] != OWNERS[-1]:
        fields[f"{asked[-1]}_name"].help_text = _(
            "Are there more? Name this one and keep the page: it then asks for the next."
        )
    return fields


def _person(role: str) -> dict[str, forms.Field]:
    title = title_of(role)
    found: dict[str, forms.Field] = {
        f"{role}_name": forms.CharField(
            label=_("{who}: name").format(who=title), required=False, max_length=60
        ),
        f"{role}_paper": forms.ChoiceField(
            label=_("{who}: document").format(who=title),
            required=False,
            choices=PAPERS,
            initial=CARD,
        ),
        f"{role}_number": forms.CharField(
            label=_("{who}: number").format(who=title), required=False, max_length=40
        ),
    }
    if role in OWNERS:
        found[f"{role}_hold"] = forms.ChoiceField(
            label=_("{who}: why").format(who=title),
            required=False,
            choices=[("", "–"), *Hold.choices],
        )
        found[f"{role}_share"] = forms.DecimalField(
            label=_("{who}: share in percent").format(who=title),
            required=False,
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
        )
    return found


def check(form: forms.Form, given: dict[str, Any], on: date) -> None:
    """Numbers by the kind of paper, the authority in force, owners by the dated rule."""
    for role in ROLES:
        _check_number(form, given, role, on)
    until = given.get("agent_until")
    if until and until < on:
        form.add_error("agent_until", _("This authority has ended. Ask for a new one."))
    named = owners(given)
    least = owner_share(on)
    problem = PROBLEMS.get(owner_problem(named, least))
    if problem and "owner_1_name" not in form.errors:
        kept = given.get("owner_1_name")
        form.add_error("owner_1_name", str(problem).format(least=least))
        given["owner_1_name"] = kept  # nothing typed is lost


def _check_number(form: forms.Form, given: dict[str, Any], role: str, on: date) -> None:
    name = f"{role}_number"
    if not given.get(name):
        return
    paper = given.get(f"{role}_paper") or CARD.value
    try:
        given[name] = check_document(paper, given[name], on=on).value
    except BadIdentifier as bad:
        form.add_error(name, ValidationError(bad.messages))
