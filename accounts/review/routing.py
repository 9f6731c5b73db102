"""How an application goes through the desk, from its risks and the rule. Pure."""

from __future__ import annotations

from collections.abc import Collection

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


def skills_for(risks: Collection[Risk]) -> list[Skill]:
    """What a reviewer of these risks must have learned, in the order of `Skill`."""
    needed = {SKILLS[risk] for risk in risks if risk in SKILLS}
    return [skill for skill in Skill if skill in needed]
