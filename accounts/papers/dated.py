"""The dated rules of papers and ages at the counter, and how the release loads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.papers.kinds import OTHERS
from accounts.papers.states import AgeGroup, Look
from brokerage.core.identifiers import Document
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

AGES = "accounts.counter_ages"
PAPERS = "accounts.counter_papers"
OWNERS = "accounts.beneficial_owners"
FILE = Path(__file__).parents[1] / "reference" / "paper_rules.yaml"


def _check_papers(value: Any) -> None:
    if not isinstance(value, dict) or not value or set(value) - {str(each) for each in OTHERS}:
        raise BadRuleValue(f"A table of {sorted(map(str, OTHERS))} is needed.")
    for paper, terms in value.items():
        if not isinstance(terms, dict) or set(terms) != {"days_left", "looks"}:
            raise BadRuleValue(f"{paper} has days_left and looks.")
        days, looks = terms["days_left"], terms["looks"]
        if type(days) is not int or not 0 <= days <= 3650:
            raise BadRuleValue(f"days_left of {paper} is a number of days.")
        if not isinstance(looks, list) or not looks or set(looks) - set(Look.values):
            raise BadRuleValue(f"looks of {paper} are some of {sorted(Look.values)}.")


SCHEMAS = (
    Schema(
        key=AGES,
        label=_("Who may open an account at a counter, by age"),
        type=Type.TABLE,
        check=table_of(*map(whole, ("youngest", "adult", "elder"))),
    ),
    Schema(
        key=PAPERS,
        label=_("Other papers at a counter: what somebody looks at"),
        type=Type.TABLE,
        check=_check_papers,
    ),
    Schema(
        key=OWNERS,
        label=_("Share from which somebody is a beneficial owner"),
        type=Type.INTEGER,
        unit="percent",
        least=1,
        most=100,
    ),
)


@dataclass(frozen=True)
class AgeTerms:
    """The dated rule `accounts.counter_ages`; ages in completed years.

    Attributes:
        version: of the rule.
        youngest: from which somebody with own income may open at a counter.
        adult: from which no proof of own income is asked.
        elder: from which the risks are talked through in person.
    """

    version: str
    youngest: int
    adult: int
    elder: int

    def group_of(self, age: int) -> AgeGroup | None:
        """The group of somebody of this age; None who is too young for any account."""
        if age < self.youngest:
            return None
        if age < self.adult:
            return AgeGroup.MINOR
        return AgeGroup.ELDER if age >= self.elder else AgeGroup.ADULT


@dataclass(frozen=True)
class PaperTerms:
    """What the dated rule `accounts.counter_papers` says of one paper.

    Attributes:
        version: of the rule.
        days_left: days that the paper must still be valid.
        looks: what whoever holds the original says to have looked at, in place of the police
            check, which knows resident identity cards only.
    """

    version: str
    days_left: int
    looks: tuple[Look, ...]


def age_terms(on: date) -> AgeTerms:
    """Ages at the counter on the business date `on`."""
    rule = Rule.objects.in_force(AGES, on)
    return AgeTerms(rule.version, **rule.figure)


def paper_terms(paper: Document, on: date) -> PaperTerms | None:
    """What the rule in force on `on` says of a paper.

    Returns:
        None where no rule is in force yet or it does not name the paper: then nobody opens an
        account with it. A figure from memory is in force once compliance has signed it.
    """
    try:
        rule = Rule.objects.in_force(PAPERS, on)
    except NoRuleInForce:
        return None
    terms = rule.figure.get(str(paper))
    if terms is None:
        return None
    looks = tuple(each for each in Look if each in terms["looks"])
    return PaperTerms(rule.version, terms["days_left"], looks)


def owner_share(on: date) -> int:
    """Percent of ownership or benefit that make a beneficial owner on the business date `on`."""
    figure: int = Rule.objects.in_force(OWNERS, on).figure
    return figure


def register() -> None:
    """Make the rules known to the loader of dated rules."""
    ship("accounts.paper_rules", FILE, *SCHEMAS)
