"""The person or organisation behind a log-in, or without one."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import masking
from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.customers.rules.names import search_form


class Kind(models.TextChoices):
    """Natural person or organisation."""

    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class IdType(models.TextChoices):
    """Documents that prove an identity; the codes are our own."""

    RESIDENT_ID = "resident_id", _("Resident identity card")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permit of Hong Kong, Macao or Taiwan")
    TRAVEL_PERMIT = "travel_permit", _("Mainland travel permit of Hong Kong, Macao or Taiwan")
    FOREIGN_PERMIT = "foreign_permit", _("Foreign permanent resident identity card")
    PASSPORT = "passport", _("Passport")
    CREDIT_CODE = "credit_code", _("Unified social credit code")


FURTHER = (IdType.TRAVEL_PERMIT, IdType.PASSPORT)
"""Kinds that stand behind another paper of the same person (`OtherDocument`)."""
FURTHER_CODES = tuple(kind.value for kind in FURTHER)


def identity_hash(id_type: str, number: str) -> str:
    """The keyed hash under which one document exists once."""
    return keyed_hash(f"{id_type}:{number}", purpose="customers.identity")


def identity_hashes(id_type: str, number: str) -> list[str]:
    """The hashes under which it may stand while the look-up key changes."""
    return accepted_hashes(f"{id_type}:{number}", purpose="customers.identity")


def name_hash(name: str | None) -> str | None:
    """The keyed hash under which somebody of this name is found; None without a name.

    Many have the same name, so rows of one name carry one hash: it tells that they are called
    alike, and nothing else to whoever lacks the key.
    """
    form = search_form(name or "")
    return keyed_hash(form, purpose="customers.name") if form else None


def name_hashes(name: str) -> list[str]:
    """The hashes under which a name may stand while the look-up key changes; empty without one."""
    form = search_form(name)
    return accepted_hashes(form, purpose="customers.name") if form else []


def keys_with(hashes: list[str]) -> models.QuerySet[Any, int]:
    """Keys of customers who are known by one of these hashes, or have it as a further document.

    A union, because the database reads both indexes for it; an "or" would read all customers.
    """
    others = apps.get_model("customers.OtherDocument")._default_manager.filter(id_hash__in=hashes)
    mine = Customer.objects.filter(id_hash__in=hashes).order_by().values_list("pk", flat=True)
    return mine.union(others.order_by().values_list("customer_id", flat=True))


class CustomerQuerySet(models.QuerySet["Customer"]):
    def with_identity(self, id_type: str, number: str) -> Self:
        """The customer one of whose documents has this type and exact number."""
        hashes = identity_hashes(id_type, number)
        if id_type not in FURTHER:
            return self.filter(id_hash__in=hashes)
        return self.filter(pk__in=keys_with(hashes))

    def with_phone(self, phone: str) -> Self:
        """Customers who sign in with this number (E.164)."""
        return self.filter(user__phone_hash__in=accepted_hashes(phone, purpose="users.phone"))

    def active(self) -> Self:
        """Customers whose relationship is not closed."""
        return self.filter(closed_at=None)


class Customer(Referenced, Timestamped):
    """One person or organisation, at most once for each identity document.

    The row keeps what is needed to find and address somebody; everything else, and where each
    value came from, stands in the versions of the profile. Not for: roles, outlets, accounts.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("log-in"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customer",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = EncryptedTextField(_("name"), null=True, blank=True)
    name_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    id_type = models.CharField(_("document"), max_length=20, choices=IdType, blank=True)
    id_number = EncryptedTextField(_("document number"), null=True, blank=True)
    id_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    birth_date = EncryptedTextField(_("birth date"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    home_outlet_ref = models.UUIDField(_("home outlet"), null=True, blank=True, db_index=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(
                fields=["name_hash", "-id"],
                condition=Q(name_hash__isnull=False),
                name="customers_by_name",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(id_type="", id_number__isnull=True, id_hash__isnull=True)
                | (~Q(id_type="") & Q(id_number__isnull=False, id_hash__isnull=False)),
                name="a_document_has_type_number_and_hash",
            ),
            models.CheckConstraint(
                condition=Q(id_hash=None) | Q(name__isnull=False),
                name="an_identified_customer_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("created_at")),
                name="a_customer_closes_after_opening",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_other_customer_has_this_document",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("id_hash"),
                condition=pgtrigger.Q(new__id_hash__isnull=False, new__id_type__in=FURTHER_CODES),
                func=(
                    "PERFORM pg_advisory_xact_lock(hashtextextended(NEW.id_hash, 0)); "
                    "IF EXISTS (SELECT 1 FROM customers_otherdocument d "
                    "WHERE d.id_hash = NEW.id_hash AND d.customer_id <> NEW.id) THEN "
                    "RAISE EXCEPTION 'another customer has this document: id_hash' USING "
                    "ERRCODE = 'unique_violation', CONSTRAINT = 'one_customer_for_each_document'; "
                    "END IF; RETURN NEW;"
                ),
            )
        ]

    @property
    def masked_name(self) -> str:
        """The name as anybody who may see the row sees it: 张*."""
        return masking.name(self.name)

    @property
    def shown(self) -> str:
        """What stands for the customer in a list: the masked name, else the short number."""
        return self.masked_name or self.short_ref

    @property
    def phone(self) -> str:
        """The number that the customer signs in with (E.164); empty for who has no log-in."""
        return str(self.user.phone or "") if self.user else ""

    @property
    def masked_id_number(self) -> str:
        """The document number as anybody who may see the row sees it."""
        return masking.identity_number(self.id_number)

    @property
    def born(self) -> date | None:
        """The birth date, where it is known."""
        return date.fromisoformat(self.birth_date) if self.birth_date else None

    def set_name(self, name: str | None) -> None:
        """Set the name and the hash that finds it in memory."""
        self.name, self.name_hash = name, name_hash(name)

    def set_identity(self, *, id_type: str, number: str) -> None:
        """Set the document and its hash in memory; `number` without blanks."""
        self.id_type, self.id_number = id_type, number
        self.id_hash = identity_hash(id_type, number)
