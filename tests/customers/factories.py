"""Customers for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from brokerage.customers.models import IdType, Source
from brokerage.customers.selectors import current_profile
from brokerage.customers.use_cases import confirm_identity, ensure_customer
from brokerage.journal.actors import Actor
from brokerage.users.models import User

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PHONE = "+8613800138000"
NUMBER = "330702199003071236"


def a_user(phone: str = PHONE, **values) -> User:
    """A customer's log-in."""
    return User.objects.create_customer(phone, **values)


def a_customer(phone: str = PHONE, *, at: datetime = AT, **values) -> Any:
    """A customer who has signed up and nothing more."""
    return ensure_customer(user=a_user(phone, **values), at=at)


def an_identified_customer(
    phone: str = PHONE, *, number: str = NUMBER, name: str = "张三丰", at: datetime = AT
) -> Any:
    """A customer whose document was read."""
    return confirm_identity(
        customer=a_customer(phone, at=at),
        id_type=IdType.RESIDENT_ID,
        number=number,
        name=name,
        birth_date=date(1990, 3, 7),
        source=Source.OCR,
        actor=Actor.system("tests"),
        at=at,
        more={"address": "浙江省金华市婺城区人民路 1 号"},
    )


def profile_of(customer: Any) -> Any:
    """The newest version of a profile that is there."""
    return current_profile(customer)
