"""The customer who is signed in, and their own row behind a ref in an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from brokerage.core import scope
from brokerage.core.first import first_of, needs_first
from brokerage.core.roles import Role, roles_of
from brokerage.core.written import SOME_KEY, SOME_REF, Written
from brokerage.customers.models import Customer
from brokerage.users.models import Kind, User

M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=Callable[..., Any])


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


class OwnRow(Generic[M]):
    """`own_or_404` for a page that is asked often: its statement is put together once."""

    def __init__(self, rows: Callable[[], QuerySet[M]]) -> None:
        """
        Args:
            rows: of a model whose rows are scoped, before the scope.
        """
        self._rows = rows
        self._written = Written(self._scoped, user=SOME_KEY, ref=SOME_REF)

    def or_404(self, request: HttpRequest, ref: UUID, **given: Any) -> M:
        """As `own_or_404`; `given` are the values that the rows themselves ask for."""
        user = customer_user_or_404(request)
        if roles_of(user) != {Role.CUSTOMER}:
            raise Http404
        found = first_of(user, self._written, ref=ref, **given)
        if found is None:
            raise Http404
        return found

    def needed_first(self, **given: Callable[[], Any]) -> Callable[[V], V]:
        """Mark a view that begins with `or_404` of the `ref` in its address: one statement less.

        Args:
            given: what makes each value that the rows themselves ask for.
        """

        def values(keywords: Mapping[str, Any]) -> dict[str, Any]:
            return {"ref": keywords["ref"]} | {name: make() for name, make in given.items()}

        return needs_first(self._written, values)

    def _scoped(self, user: int, ref: UUID) -> QuerySet[M]:
        return scope.visible(self._rows(), _anybody(user)).filter(ref=ref)


class OwnRows:
    """Rows of the customer who asks, for a page that is asked often; the statement is kept."""

    def __init__(
        self, model: type[Model], rows: Callable[..., QuerySet[Any, Any]], **samples: Any
    ) -> None:
        """
        Args:
            model: whose rows are scoped.
            rows: what is asked of them; takes the rows in scope and the samples.
            samples: as `Written` takes them.
        """

        def scoped(user: int, **given: Any) -> QuerySet[Any, Any]:
            return rows(scope.visible(model, _anybody(user)), **given)

        self._written: Written[Any] = Written(scoped, user=SOME_KEY, **samples)

    def of(self, user: User, **given: Any) -> list[Any]:
        """What the log-in `user` sees; nothing for anybody who is more than a customer."""
        if roles_of(user) != {Role.CUSTOMER}:
            return []
        return self._written.load(user=user.pk, **given)


def _anybody(pk: int) -> User:
    return User(pk=pk, kind=Kind.CUSTOMER, is_active=True)


def own_rows(path: str = "customer__") -> scope.Policy:
    """The policy of a customer's own rows.

    Args:
        path: from a row to its customer, such as `application__customer__`.
    """

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{path}user": user})

    return policy
