"""A routing computed again: fewer than two people reviewed only where the kept rule says so."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Application, Routing
from accounts.review.dated import terms_of_version
from accounts.review.risks import RiskFacts, class_of, risks_of
from accounts.review.routing import route_of
from accounts.review.states import Route
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule

SUBJECT = "accounts.application"
PEOPLE = {Route.RULE: 0, Route.ONE: 1}


def replay(application: Application) -> Iterator[tuple[str, str]]:
    """What does not agree in a decision by rule or by one person: a word and a public ref.

    Args:
        application: accepted without a proposal.
    """
    routing = Routing.objects.filter(application=application).order_by("-pk").first()
    if routing is None or routing.rule_version != application.route_rule:
        yield "no_routing", application.route_rule
        return
    try:
        terms = terms_of_version(routing.rule_version)
    except Rule.DoesNotExist:
        yield "no_rule", routing.rule_version
        return
    risk = class_of(risks_of(RiskFacts(**routing.facts)), terms.high)
    again = route_of(risk, terms, routing.draw)
    if not again == routing.route == application.route:
        yield "routed_otherwise", str(routing.ref)
    people = int(application.decided_by_id is not None)
    if people < PEOPLE.get(again, 2):
        yield "one_pair_of_eyes", str(routing.ref)
    told = Entry.objects.filter(subject_type=SUBJECT, subject_ref=application.ref)
    version = application.route_rule
    if not told.filter(kind="accounts.application_approved", rule_version=version).exists():
        yield "not_in_journal", version
