"""Reads about customers. Who may see a row is decided by `core.scope`, not here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField
from django.utils.functional import Promise
from django.utils.translation import get_language

from brokerage.core.data_export import Person
from brokerage.core.display import formats
from brokerage.core.first import first_of, needs_first
from brokerage.core.trusted import trusted
from brokerage.core.written import SOME_KEY, Given, Written, any_of
from brokerage.customers.models import (
    Consent,
    ConsentText,
    Customer,
    OtherDocument,
    ProfileVersion,
    Source,
)
from brokerage.customers.models.customers import FURTHER, identity_hashes
from brokerage.customers.purposes import PURPOSES, Purpose
from brokerage.customers.rules.profile import FIELDS, shown
from brokerage.users.models import User

OF_USER = Written(lambda user: Customer.objects.filter(user=user), user=SOME_KEY)
CUSTOMER_FIRST = needs_first(OF_USER, lambda _keywords: {})
"""Marks views that begin with `customer_of` whoever asks: it is read with the session."""


def customer_of(user: Any) -> Customer | None:
    """The customer behind a log-in; None for anybody else."""
    if not user.is_authenticated:
        return None
    return first_of(user, OF_USER)


def find_by_identity(id_type: str, number: str) -> Customer | None:
    """The customer whose document has this type and exact number."""
    compact = "".join(number.split()).upper()
    if id_type in FURTHER:
        return Customer.objects.with_identity(id_type, compact).first()
    return BY_HASH.first(hashes=identity_hashes(id_type, compact))


BY_HASH = Written(
    Customer.objects.filter(
        any_of("id_hash", Given("hashes", ArrayField(CharField())), CharField())
    )
)
"""Of a document that nobody has beside another: whose only one it is."""


def find_by_phone(phone: str) -> Customer | None:
    """The customer who signs in with this number (E.164)."""
    return Customer.objects.with_phone(phone).first()


def has_consent(customer: Customer, purpose: str) -> bool:
    """Whether the customer agrees to this purpose now."""
    return customer.consents.in_force().filter(purpose=purpose).exists()


def has_consent_of_user(user: User, purpose: str) -> bool:
    """Whether the customer behind a log-in agrees to this purpose now."""
    return Consent.objects.in_force().filter(customer__user=user, purpose=purpose).exists()


def current_profile(customer: Customer) -> ProfileVersion | None:
    """The newest version of the profile."""
    return customer.profiles.order_by("-number").first()


@dataclass(frozen=True)
class ProfileLine:
    """One value of the profile as it is shown: masked, with where it came from."""

    name: str
    label: Promise
    value: str
    source: str
    source_label: str
    at: datetime | None


def profile_lines(customer: Customer) -> list[ProfileLine]:
    """Every known field of the newest version, masked, in the usual order."""
    version = current_profile(customer)
    if version is None:
        return []
    values, marks = version.fields, version.provenance
    return [
        ProfileLine(
            name=name,
            label=field.label,
            value=_display(name, values[name]),
            source=marks[name]["source"],
            source_label=str(Source(marks[name]["source"]).label),
            at=datetime.fromisoformat(marks[name]["at"]),
        )
        for name, field in FIELDS.items()
        if values.get(name)
    ]


@dataclass(frozen=True)
class ConsentLine:
    """One purpose with its text of today and the agreement in force."""

    key: str
    purpose: Purpose
    text: ConsentText
    consent: Consent | None


def consent_lines(customer: Customer | None) -> list[ConsentLine]:
    """Every purpose that has a text in the reader's language."""
    texts = current_texts(get_language() or "zh-hans")
    given: dict[str, Consent] = {}
    if customer is not None:
        rows = customer.consents.in_force().select_related("text")
        given = {consent.purpose: consent for consent in rows}
    return [
        ConsentLine(key, purpose, texts[key], given.get(key))
        for key, purpose in PURPOSES.items()
        if key in texts
    ]


@trusted
def current_texts(language: str) -> dict[str, ConsentText]:
    """The newest text of each purpose in one language, as it stood some seconds ago at most.

    Whether one still is the newest is checked when somebody agrees (`give_consents`).
    """
    rows = ConsentText.objects.filter(language=language).order_by("purpose", "-version")
    return {text.purpose: text for text in rows.distinct("purpose")}


def current_text(purpose: str, language: str) -> ConsentText | None:
    """The newest text of one purpose in one language."""
    return current_texts(language).get(purpose)


def user_ref_of(customer_ref: UUID) -> UUID | None:
    """The ref of the log-in of a customer, where there is one."""
    found: UUID | None = (
        Customer.objects.filter(ref=customer_ref).values_list("user__ref", flat=True).first()
    )
    return found


def export_profile(person: Person) -> list[dict[str, Any]]:
    """The profile in full, for the customer's own copy."""
    customer = Customer.objects.get(ref=person.customer)
    version = current_profile(customer)
    if version is None:
        return []
    return [
        {
            "field": str(FIELDS[name].label),
            "value": value,
            "source": str(Source(version.provenance[name]["source"]).label),
            "since": version.provenance[name]["at"],
        }
        for name, value in version.fields.items()
    ]


def export_documents(person: Person) -> list[dict[str, Any]]:
    """Further documents, for the customer's own copy."""
    rows = OtherDocument.objects.filter(customer__ref=person.customer).order_by("pk")
    return [
        {
            "kind": row.get_id_type_display(),
            "value": row.id_number,
            "since": row.added_at.isoformat(),
        }
        for row in rows
    ]


def export_consents(person: Person) -> list[dict[str, Any]]:
    """Every consent ever given, with its text."""
    rows = Consent.objects.filter(customer__ref=person.customer).select_related("text")
    return [
        {
            "purpose": consent.text.title,
            "version": consent.text.version,
            "sha256": consent.text.sha256,
            "given_at": consent.given_at.isoformat(),
            "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
            "channel": consent.channel,
        }
        for consent in rows.order_by("given_at")
    ]


def _display(name: str, value: str) -> str:
    if name == "id_type":
        from brokerage.customers.models import IdType

        return str(IdType(value).label) if value in IdType.values else value
    text = shown(name, value)
    if FIELDS[name].is_date and text == value:
        return formats.day(date.fromisoformat(value), year=True)
    return text
