"""Evidence of applications, made through the use cases."""

from __future__ import annotations

from datetime import datetime

from accounts.evidence.states import CheckKind
from accounts.gateways import Person
from accounts.models import Application, OutsideCheck
from accounts.use_cases.outside_checks import ask, request_check
from brokerage.journal.actors import Actor

ACTOR = Actor.system("tests")
NUMBER = "110105199003071233"


def a_person(sequence: str = "123") -> Person:
    """Invented, with the sandbox' scenario in the sequence; no gateway looks at the last digit."""
    return Person("江映雪", "resident_id", f"11010519900307{sequence}X")


def an_answered_check(
    application: Application, *, kind: CheckKind = CheckKind.IDENTITY, at: datetime
) -> OutsideCheck:
    """A question about identity or holdings that the sandbox answered."""
    check = request_check(
        application=application, kind=kind, question=a_person(), actor=ACTOR, at=at
    )
    return ask(check=check, at=at)
