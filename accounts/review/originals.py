"""What the desk shows of another paper, or of somebody who is no ordinary adult."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.papers.kinds import CARD, paper_of
from accounts.papers.people import Related, related, title_of
from accounts.papers.states import AgeGroup, Hold, Look, Nature
from accounts.review.looking import Look as Seen
from accounts.terms import jurisdictions
from brokerage.core import masking
from brokerage.core.identifiers import Sex

FIELDS: dict[str, Any] = {
    "nature": gettext_lazy("Kind of organisation"),
    "scope": gettext_lazy("Main business"),
    "office": gettext_lazy("Office address"),
    "agent_until": gettext_lazy("The authority holds until"),
    "second_number": gettext_lazy("Number of the other paper"),
    "birth_date": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "nationality": gettext_lazy("Nationality"),
    "income_from": gettext_lazy("Who pays the income"),
}


@dataclass(frozen=True)
class Original:
    """The facts beside the document.

    Attributes:
        paper: which document.
        age: who needs more than an ordinary adult; empty for others.
        lines: label and value of what was written down from the paper.
        by, outlet, at: who looked at the original, where and when; empty where nobody did.
        looks: what was looked at.
        is_seen: whether a look at the original counts for what is written now.
        needs_look: whether the paper asks for one.
        talked: whether the risks were talked through with somebody older.
    """

    paper: str
    age: str
    lines: list[tuple[Any, str]]
    by: str
    outlet: str
    at: datetime | None
    looks: list[str]
    is_seen: bool
    needs_look: bool
    talked: bool


def original_of(look: Seen) -> Original | None:
    """What to show; None for an ordinary adult with a resident identity card."""
    told, seen = look.told, look.seen
    paper, group = paper_of(told), told.get("age_group")
    if paper == CARD and not group:
        return None
    return Original(
        paper=str(paper.label),
        age=str(AgeGroup(group).label) if group else "",
        lines=[
            (label, _shown(name, told[name])) for name, label in FIELDS.items() if told.get(name)
        ]
        + [(title_of(one.role), _person(one)) for one in related(told)],
        by=str(seen.seen_by) if seen else "",
        outlet=seen.outlet.name if seen else "",
        at=seen.seen_at if seen else None,
        looks=[str(Look(each).label) for each in seen.looks] if seen else [],
        is_seen=seen is not None,
        needs_look=paper != CARD,
        talked=bool(told.get("risk_talk")),
    )


def _person(one: Related) -> str:
    """Somebody behind an organisation: the name, the masked number, and why an owner is named."""
    parts = [one.name, masking.identity_number(one.number)]
    if one.hold in Hold.values:
        parts.append(str(Hold(one.hold).label))
    if one.share is not None:
        parts.append(f"{one.share.normalize():f} %")
    return " · ".join(part for part in parts if part)


def _shown(name: str, value: Any) -> str:
    """A value as the desk sees it: numbers masked, words instead of codes."""
    if name == "second_number":
        return masking.identity_number(str(value))
    if name == "nature" and value in Nature.values:
        return str(Nature(value).label)
    if name == "sex" and value in Sex.values:
        return str(Sex(value).label)
    if name == "nationality":
        return dict(jurisdictions()).get(str(value), _("Another one"))
    return str(value)
