"""Lists of documents that customers brought: each row becomes one fact of one customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError

from brokerage.backoffice.imports import Importer, Values
from brokerage.core import scope
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.events import Event
from brokerage.journal.record import record
from brokerage.users.models import User


class BroughtDocuments(Importer):
    """Two people take what a customer showed; nothing is changed afterwards.

    Attributes:
        model: keeps a fact, with `brought_by_ref`, `released_by_ref` and `taken_at`; the other
            columns are named as those of the list.
        event: says so in the journal.
        own: refuses a document of the people who take it, translated.
    """

    model: ClassVar[Any]
    event: ClassVar[Callable[..., Event]]
    own: ClassVar[Any]

    def seen(self, rows: Sequence[Values], user: User) -> set[UUID]:
        """The refs of these rows' customers whom this person may see."""
        refs = {row["customer"] for row in rows if "customer" in row}
        return set(
            scope.visible(Customer, user).filter(ref__in=refs).values_list("ref", flat=True)
        )

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        customer = scope.visible(Customer, maker).get(ref=row["customer"])
        if customer.user_id in (maker.pk, checker.pk):
            raise ValidationError(self.own)
        made = self.model.objects.create(
            customer=customer,
            brought_by_ref=maker.ref,
            released_by_ref=checker.ref,
            taken_at=at,
            **{name: given for name, given in row.items() if name != "customer"},
        )
        event = type(self).event(subject=made.ref, customer=customer.ref, fact=made.fact)
        record(event, actor=Actor.of(maker), at=at)
        return customer.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(Customer, user).filter(ref=ref).first()
