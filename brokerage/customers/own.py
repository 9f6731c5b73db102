"""The customer who is signed in, and their own row behind a ref in an address."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from brokerage.core import scope
from brokerage.customers.models import Customer
from brokerage.users.models import Kind, User

M = TypeVar("M", bound=Model)


def customer_user_or_404(request: HttpRequest) -> User:
    """The log-in of the customer who asks; raises Http404 for anybody else."""
    user = request.user
    if not isinstance(user, User) or user.kind != Kind.CUSTOMER:
        raise Http404
    return user


def customer_or_404(request: HttpRequest) -> Customer:
    """The customer who asks; raises Http404 for others, and while their record is on its way."""
    found = Customer.objects.filter(user=customer_user_or_404(request)).first()
    if found is None:
        raise Http404
    return found


def own_or_404(rows: QuerySet[M], request: HttpRequest, ref: UUID) -> M:
    """The row with this ref, where it is the signed-in customer's own.

    Raises:
        Http404: for anybody else's row, for one that does not exist, and for staff, whose view
            of it stands in the back office.
    """
    return scope.visible_or_404(rows, customer_user_or_404(request), ref=ref)


def own_rows(path: str = "customer__") -> scope.Policy:
    """The policy of a customer's own rows.

    Args:
        path: from a row to its customer, such as `application__customer__`.
    """

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{path}user": user})

    return policy
