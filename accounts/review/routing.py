"""How an application goes through the desk, from its risks and the rule. Pure."""

from __future__ import annotations

from collections.abc import Collection

from accounts.papers.kinds import CARD, LICENCE
from accounts.papers.states import AgeGroup
from accounts.review.dated import RoutingTerms
from accounts.review.states import Risk, RiskClass, Route, Skill

BY_NUMBER = {0: Route.RULE, 1: Route.ONE, 2: Route.TWO}
SKILLS: dict[Risk, Skill] = {
    Risk.ABROAD: Skill.TAX,
    Risk.ELDER: Skill.ELDER,
    Risk.OTHER_PAPER: Skill.PAPERS,
    Risk.ORGANISATION: Skill.BODIES,
    Risk.MINOR: Skill.SPECIAL,
    Risk.OTHERS_MONEY: Skill.SPECIAL,
    Risk.INDUSTRY: Skill.SPECIAL,
    Risk.BAD_FAITH: Skill.SPECIAL,
}
THOUSAND = 1000


def route_of(risk: RiskClass, terms: RoutingTerms, draw: int) -> Route:
    """How many people look: what passes by rule is sampled.

    Args:
        risk: of the application.
        terms: the rule in force.
        draw: 0 to 999, drawn at random; below `terms.sample` a person looks.
    """
    route = BY_NUMBER[terms.reviewers[risk]]
    sampled = route == Route.RULE and draw < terms.sample
    return Route.ONE if sampled else route


def skills_of_paper(paper: str, age_group: str) -> list[Skill]:
    """What a reviewer must have learned before anything outside has answered.

    Args:
        paper: of `Document`.
        age_group: of `AgeGroup`.
    """
    told = {
        Risk.ORGANISATION: paper == LICENCE,
        Risk.OTHER_PAPER: paper not in (CARD, LICENCE),
        Risk.MINOR: age_group == AgeGroup.MINOR,
        Risk.ELDER: age_group == AgeGroup.ELDER,
    }
    return skills_for([risk for risk, holds in told.items() if holds])


def skills_for(risks: Collection[Risk]) -> list[Skill]:
    """What a reviewer of these risks must have learned, in the order of `Skill`."""
    needed = {SKILLS[risk] for risk in risks if risk in SKILLS}
    return [skill for skill in Skill if skill in needed]
