"""One view of a customer: apps say what they know, within what the reader may see.

An app registers a part under a key in its `access.py`; the customer's page in the back office
asks each. A part says nothing where the reader may see nothing of it; unknown is never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise

from brokerage.core import roles
from brokerage.core.registry import Registry
from brokerage.customers.models import Customer

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a part.

    Attributes:
        label: what it is.
        value: in the reader's language, formatted.
        url: where it stands; empty where the reader may not go.
    """

    label: Text
    value: Text
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one app knows of a customer.

    Attributes:
        label: heading of its card.
        order: place on the page, smaller numbers first.
        find: (customer, reader, at) → lines; asks few queries, only for rows in the reader's
            scope.
    """

    label: Text
    order: int
    find: Callable[[Customer, Any, datetime], Iterable[Fact]]


parts: Registry[Part] = Registry("customer_overview")


def of(customer: Customer, reader: Any, at: datetime) -> list[tuple[Text, list[Fact]]]:
    """The parts that have something to say to `reader` at `at`, each with its lines."""
    found = [
        (part.label, list(part.find(customer, reader, at)))
        for part in sorted(parts, key=lambda part: part.order)
    ]
    return [(label, facts) for label, facts in found if facts]


def page_of(row: Any, reader: Any) -> str:
    """The address of an object's page in the back office; empty for who may not see such pages."""
    model: type[Model] = type(row)
    name = f"{model._meta.app_label}_{model._meta.model_name}_change"
    if not roles.may(reader, f"{model._meta.app_label}.view_{model._meta.model_name}"):
        return ""
    return reverse(f"admin:{name}", args=[row.ref])
