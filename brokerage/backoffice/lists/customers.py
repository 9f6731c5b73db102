"""Customers, their consents, messages on their way, log-ins of staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice import overview
from brokerage.backoffice.admin.base import ReadOnlyAdmin
from brokerage.backoffice.admin.search import Lookup, by_hash, by_ref
from brokerage.backoffice.log_in_acts import LogInActs
from brokerage.backoffice.people import name_of
from brokerage.core import clock
from brokerage.customers.models import Consent, Customer
from brokerage.customers.models.customers import IdType, identity_hashes, keys_with, name_hashes
from brokerage.files.models import StoredFile
from brokerage.messaging.models import Delivery
from brokerage.users.models import FactorReset, User
from brokerage.users.phones import NotAMobileNumber, parse_mobile


def mobile(term: str) -> str | None:
    """A mobile number as it is stored; None for what is none."""
    try:
        return parse_mobile(term)
    except NotAMobileNumber:
        return None


PHONE = by_hash("user__phone_hash", purpose="users.phone", clean=mobile)


def by_identity(term: str) -> Q | None:
    """Customers whose document has this number, of whatever type."""
    number = "".join(term.split()).upper()
    if len(number) < 6:
        return None
    hashes = [one for kind in IdType.values for one in identity_hashes(kind, number)]
    return Q(pk__in=keys_with(hashes))


def by_name(column: str) -> Lookup:
    """Rows whose hash of a name in `column` is that of the term; a term with digits is none."""

    def lookup(term: str) -> Q | None:
        if any(letter.isdigit() for letter in term):
            return None
        found = name_hashes(term)
        return Q(**{f"{column}__in": found}) if found else None

    return lookup


def of_customer(lookup: Lookup) -> Lookup:
    """What finds customers, for a list whose rows point at one by `customer`."""

    def through(term: str) -> Q | None:
        found = lookup(term)
        return None if found is None else Q(customer__in=Customer.objects.filter(found))

    return through


WHO = (PHONE, by_identity, by_name("name_hash"))
WHOSE = (by_ref, *map(of_customer, WHO))
"""How a list of rows of customers is searched; see `CustomerAdmin` for customers themselves."""
WHO_HELP = _("Whole phone number, whole document number, whole name, or reference number")


@admin.register(Customer)
class CustomerAdmin(LogInActs, ReadOnlyAdmin):
    """Customers of one's outlets; the page of one shows what every app knows of them."""

    change_form_template = "admin/customer.html"
    acts_right = "customers.change_customer"

    section = "customers"
    icon = "users"
    order = 10
    search_by = (by_ref, *WHO)
    search_help = WHO_HELP
    revealed = ("name", "id_number", "birth_date")
    list_display = ["name", "kind", "id_type", "id_number", "language", "created_at"]
    list_filter = ["kind", "id_type"]
    export_columns = ("ref", "name", "kind", "id_type", "id_number", "created_at")
    fields = [
        "ref",
        "kind",
        "name",
        "id_type",
        "id_number",
        "birth_date",
        "language",
        "created_at",
        "closed_at",
    ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if row := kwargs.get("obj"):
            context["overview"] = overview.of(row, request.user, clock.now())
        return super().render_change_form(request, context, *args, **kwargs)

    def log_in_of(self, row: Customer) -> User | None:
        return row.user

    def title_of(self, row: Customer) -> str:
        return row.masked_name or str(row.ref)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """What customers agreed to, with the version of the text."""

    section = "customers"
    icon = "check"
    order = 40
    list_display = ["ref", "text", "given_at", "withdrawn_at"]
    list_select_related = ["text"]
    fields = ["customer", "text", "given_at", "withdrawn_at"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Messages on their way over one channel, without their contents."""

    section = "system"
    icon = "mail"
    order = 60
    list_display = ["created_at", "kind", "channel", "address", "status"]
    list_filter = ["channel", "status"]
    fields = [
        "ref",
        "kind",
        "channel",
        "purpose",
        "address",
        "status",
        "reason",
        "attempts",
        "created_at",
        "due_at",
        "sent_at",
        "ended_at",
    ]


@admin.register(User)
class UserAdmin(LogInActs, ReadOnlyAdmin):
    """Log-ins of staff; their roles stand with the assignments."""

    acts_right = "users.change_user"

    section = "people"
    icon = "user"
    order = 40
    list_display = ["display_name", "email", "is_active", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["display_name"]
    search_help = _("Part of the name")
    fields = ["ref", "display_name", "email", "language", "is_active", "created_at"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).filter(is_staff=True)

    def log_in_of(self, row: User) -> User | None:
        return row


@admin.register(FactorReset)
class FactorResetAdmin(ReadOnlyAdmin):
    """Resets of second factors; asked for on the page of the log-in, decided here."""

    section = "people"
    icon = "key"
    order = 50
    list_display = ["made_at", "user", "reason", "decision"]
    list_filter = ["decision"]
    list_select_related = ["user"]
    fields = ["user", "reason", "asked_by", "made_at", "decision", "checked_at"]

    @admin.display(description=_("asked by"))
    def asked_by(self, row: FactorReset) -> str:
        return name_of(row.made_by_ref)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Stored files without their contents, as far as their owners' apps show them."""

    section = "system"
    icon = "file"
    order = 70
    list_display = ["purpose", "owner_type", "content_type", "size", "status"]
    list_filter = ["status"]
    fields = [
        "ref",
        "purpose",
        "owner_type",
        "owner_ref",
        "content_type",
        "size",
        "status",
        "refusal",
        "stored_at",
        "checked_at",
        "disposed_at",
    ]
