"""Lists with people on them."""

from __future__ import annotations

from datetime import datetime

from accounts.aml.states import ListKind
from accounts.models import ListRelease, WatchHit, WatchList
from accounts.use_cases.load_watch_list import Listed, load_watch_list
from accounts.use_cases.screening import screen_piece
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from tests.accounts.factories import AT, NAME

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


def a_match(customer: Customer, *, at: datetime = AT, code: str = "tests") -> WatchHit:
    """An open match of an identified customer with an entry of their name."""
    release = a_release(Listed(str(customer.ref)[:8], customer.name or ""), code=code, at=at)
    while screen_piece(release=release, at=at):
        pass
    return WatchHit.objects.get(customer=customer)
