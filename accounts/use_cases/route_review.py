"""The dated rule says how many people look at an application; what is clear passes by rule."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.events import ReviewRouted
from accounts.evidence.states import BEFORE_THE_REVIEW, CheckStatus
from accounts.models import Application, OutsideCheck, Routing
from accounts.review.dated import routing_terms
from accounts.review.looking import look_at
from accounts.review.risks import RiskFacts
from accounts.review.routing import THOUSAND, route_of, skills_for
from accounts.review.states import Route
from accounts.states import WITH_US, Status
from accounts.use_cases.decide_application import pass_by_rule
from accounts.use_cases.screening import is_exposed
from accounts.use_cases.writing import keep, lock
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.routing")


def route_review(
    *, application: Application, at: datetime, draw: int | None = None
) -> Application:
    """Apply the rule to a sent application once nobody outside is asked any more.

    The same facts under the same rule change nothing, so it may run after every answer; what
    passes by rule and was held by a central check passes once that is over.

    Args:
        application: locked here.
        at: the instant.
        draw: 0 to 999; drawn here by default.
    """
    if application.status not in WITH_US or _still_asked(application):
        return application  # not sent yet, or whoever answers last comes here again
    with transaction.atomic():
        row = lock(application)
        if row.status not in WITH_US or row.recommended_by_id or _still_asked(row):
            return row
        on = business_date(at)
        terms = routing_terms(on)
        look = look_at(row, on=on, terms=terms)
        facts = _plain(look.facts)
        last = row.routings.order_by("-pk").first()
        exposed = is_exposed(row.customer)
        same = last and last.facts == facts and last.rule_version == terms.version
        if same and row.route_rule and not (exposed and row.route != Route.TWO):
            waited = row.route == Route.RULE and row.status == Status.SUBMITTED
            return pass_by_rule(application=row, at=at) if waited else row
        drawn = secrets.randbelow(THOUSAND) if draw is None else draw
        route = Route.TWO if exposed else route_of(look.risk, terms, drawn)
        Routing.objects.create(
            application=row,
            risk=look.risk,
            route=route,
            risks=list(look.risks),
            facts=facts,
            draw=drawn,
            rule_version=terms.version,
            routed_at=at,
        )
        row.risk, row.route, row.route_rule = look.risk, route, terms.version
        row.skills = skills_for(look.risks)
        row = keep(
            row,
            ReviewRouted,
            actor=ACTOR,
            at=at,
            was=row.status,
            rule_version=terms.version,
            risk=look.risk.value,
            route=route.value,
            risks=tuple(risk.value for risk in look.risks),
        )
        if route == Route.RULE and row.status == Status.SUBMITTED:
            return pass_by_rule(application=row, at=at)
        return row


def _still_asked(application: Application) -> bool:
    checks = OutsideCheck.objects.current().filter(application=application)
    return checks.filter(kind__in=BEFORE_THE_REVIEW, status=CheckStatus.ASKED).exists()


def _plain(facts: RiskFacts) -> dict[str, Any]:
    """As JSON keeps them, so that kept and new facts can be compared."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(facts)))
    return values
