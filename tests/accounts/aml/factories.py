"""Lists with people on them."""

from __future__ import annotations

from datetime import datetime

from accounts.aml.states import HitStatus, ListKind
from accounts.models import ListRelease, WatchHit, WatchList
from accounts.use_cases.decide_match import decide_match
from accounts.use_cases.load_watch_list import Listed, load_watch_list
from accounts.use_cases.screening import screen_piece
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from tests.accounts.factories import AT, NAME
from tests.branches.factories import make_staff

ACTOR = Actor.system("tests")


def a_list(code: str = "tests", kind: ListKind = ListKind.OWN) -> WatchList:
    return WatchList.objects.get_or_create(
        code=code, defaults={"name_zh": "示例名单", "name_en": "Sample list", "kind": kind}
    )[0]


def a_release(
    *people: Listed, code: str = "tests", kind: ListKind = ListKind.OWN, at: datetime = AT
) -> ListRelease:
    """A release with these people; by default one of the applicant's name."""
    listed = people or (Listed("1", NAME),)
    return load_watch_list(watch_list=a_list(code, kind), people=listed, actor=ACTOR, at=at)


def a_match(
    customer: Customer,
    *,
    at: datetime = AT,
    code: str = "tests",
    kind: ListKind = ListKind.OWN,
) -> WatchHit:
    """An open match of an identified customer with an entry of their name."""
    person = Listed(str(customer.ref)[:8], customer.name or "")
    release = a_release(person, code=code, kind=kind, at=at)
    while screen_piece(release=release, at=at):
        pass
    return WatchHit.objects.get(customer=customer)


def a_freeze(customer: Customer, *, at: datetime = AT) -> WatchHit:
    """Compliance says that a customer stands on a list of sanctions."""
    hit = a_match(customer, at=at, code="sanctions", kind=ListKind.SANCTIONS)
    return decide_match(
        hit=hit,
        officer=make_staff(Role.COMPLIANCE),
        status=HitStatus.CONFIRMED,
        reason="同一人",
        at=at,
    )
