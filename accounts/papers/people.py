"""The people behind an organisation: its representative, its agent, who owns or controls it. Pure.

Sources: domain handbook 3.3 (licence, representative, authorisation, agent, beneficial owners) and
4 (beneficial owner: 25 % of ownership or benefit, or control; else senior managers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.papers.kinds import ID_TYPES
from accounts.papers.states import Hold
from brokerage.customers.models import IdType

Answers = Mapping[str, Any]
REPRESENTATIVE, AGENT = "representative", "agent"
MOST_OWNERS, FIRST_OWNERS = 20, 5
"""Four may hold a quarter each, and one may control besides: so many are asked for at first. Who
control together, or manage where nobody holds, may be more."""
OWNERS = tuple(f"owner_{number}" for number in range(1, MOST_OWNERS + 1))
ROLES = (REPRESENTATIVE, AGENT, *OWNERS)


CALLED: dict[str, Any] = {
    REPRESENTATIVE: gettext_lazy("Legal representative"),
    AGENT: gettext_lazy("Agent who acts for it"),
}


@dataclass(frozen=True)
class Related:
    """One person behind an organisation.

    Attributes:
        role: REPRESENTATIVE, AGENT or one of OWNERS.
        name: as on the paper.
        paper: kind of the paper, a `Document`.
        number: of the paper.
        hold: of an owner, why; empty for others.
        share: of an owner by share, in percent.
    """

    role: str
    name: str
    paper: str
    number: str
    hold: str = ""
    share: Decimal | None = None

    @property
    def id_type(self) -> IdType:
        """The kind of the paper as customers keep it."""
        return ID_TYPES[self.paper]


def related(answers: Answers) -> Iterator[Related]:
    """Everybody who was named, in the order of the page."""
    for role in ROLES:
        if name := answers.get(f"{role}_name"):
            yield Related(
                role=role,
                name=str(name),
                paper=str(answers.get(f"{role}_paper") or "resident_id"),
                number=str(answers.get(f"{role}_number") or ""),
                hold=str(answers.get(f"{role}_hold") or ""),
                share=share_of(answers.get(f"{role}_share")),
            )


def owners(answers: Answers) -> list[Related]:
    """The beneficial owners who were named."""
    return [one for one in related(answers) if one.role in OWNERS]


def owners_to_ask(answers: Answers) -> tuple[str, ...]:
    """The owners whose fields a page shows: the first five, and one more than was named."""
    named = [OWNERS.index(one.role) + 1 for one in owners(answers)]
    return OWNERS[: max(FIRST_OWNERS, max(named, default=0) + 1)]


def share_of(value: Any) -> Decimal | None:
    """A share in percent; None where it is none."""
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def owner_problem(named: list[Related], least: int) -> str:
    """What does not fit the three tests, as a word; empty where all is in order.

    Args:
        named: the owners.
        least: percent from which a share makes somebody a beneficial owner (dated rule).
    """
    if not named:
        return "nobody"
    shares = [one.share for one in named if one.hold == Hold.SHARE]
    if any(share is None or share < least for share in shares):
        return "too_small"
    if sum((share for share in shares if share), Decimal(0)) > 100:
        return "too_much"
    manages = [one for one in named if one.hold == Hold.MANAGES]
    if manages and len(manages) != len(named):
        return "managers_only_last"
    return ""


def title_of(role: str) -> str:
    """What somebody behind an organisation is called."""
    if role in CALLED:
        return str(CALLED[role])
    return _("Beneficial owner {number}").format(number=role.removeprefix("owner_"))
