"""Log-in identity: who may sign in, and how. What a person may do stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.masking import phone as masked
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.written import SOME_KEY, Written


class ReadingMode(models.TextChoices):
    """How much a person wants to see on the home; empty until they chose."""

    TRADE = "trade", _("Trade only")
    PLAIN = "plain", _("Plain")
    RESEARCH = "research", _("Research")


class Kind(models.TextChoices):
    """Which side of the house a log-in belongs to; it never changes."""

    CUSTOMER = "customer", _("Customer")
    STAFF = "staff", _("Staff")
    PARTNER = "partner", _("Partner operator")


class UserQuerySet(models.QuerySet["User"]):
    def with_phone(self, phone: str) -> Self:
        """Users with this number (E.164, such as +8613800138000)."""
        return self.filter(phone_hash__in=accepted_hashes(phone, purpose="users.phone"))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def get(self, *args: Any, **kwargs: Any) -> User:
        """As usual; by the key alone, as each request asks, with a statement that stands."""
        by_key = not args and kwargs.keys() == {"pk"} and isinstance(kwargs["pk"], int)
        # a related manager has conditions of its own, one of another database its own server
        if by_key and type(self) is UserManager and self._db is None:
            return BY_KEY.get(pk=kwargs["pk"])
        found: User = super().get(*args, **kwargs)
        return found

    def create_customer(self, phone: str, **values: Any) -> User:
        """Make a customer log-in for a verified phone number (E.164)."""
        user = self.model(kind=Kind.CUSTOMER, phone_verified=True, **values)
        user.set_phone(phone)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_staff(self, email: str, password: str | None = None, **values: Any) -> User:
        """Make a staff log-in; roles and rows are given elsewhere."""
        user = self.model(
            kind=Kind.STAFF, email=self.normalize_email(email).lower(), is_staff=True, **values
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_partner(self, email: str, password: str | None = None, **values: Any) -> User:
        """Make a log-in for a partner's operator; the partner is told elsewhere."""
        user = self.model(kind=Kind.PARTNER, email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> User:
        """Make a technical administrator (for `manage.py createsuperuser`)."""
        return self.create_staff(email, password, is_superuser=True, **values)


class User(Referenced, Timestamped, AbstractBaseUser, PermissionsMixin):
    """One way to sign in. Customers have a phone number, staff and partner operators an e-mail.

    Not for: names, identity documents, roles of an outlet (customers, branches).
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, editable=False)
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    phone_hash = models.CharField(
        max_length=64, null=True, blank=True, unique=True, editable=False
    )
    phone_verified = models.BooleanField(_("phone verified"), default=False)
    display_name = models.CharField(
        _("display name"), max_length=60, blank=True, help_text=_("Staff and partners only.")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    reading_mode = models.CharField(
        _("reading mode"), max_length=8, choices=ReadingMode, blank=True, editable=False
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    codes_counted_from = models.DateTimeField(
        _("SMS codes counted from"), null=True, blank=True, editable=False
    )

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=Kind.CUSTOMER, phone_hash__isnull=False, display_name="")
                | Q(kind__in=[Kind.STAFF, Kind.PARTNER], email__isnull=False),
                name="a_log_in_has_the_address_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.STAFF) | Q(is_staff=False, is_superuser=False),
                name="only_staff_enter_the_back_office",
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_hash__isnull=True)
                | Q(phone__isnull=False, phone_hash__isnull=False),
                name="a_phone_number_has_its_hash",
            ),
            # "!" marks a password that no text matches
            models.CheckConstraint(
                condition=~Q(kind=Kind.CUSTOMER) | Q(password__startswith="!"),  # noqa: S106 - a mark, no password
                name="a_customer_has_no_password",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.short_ref

    @property
    def is_customer(self) -> bool:
        return self.kind == Kind.CUSTOMER

    @property
    def masked_phone(self) -> str:
        """The number as it is shown: 138****8000; empty without one."""
        return masked(self.phone)

    def get_session_auth_hash(self) -> str:
        """What a session is checked against; it changes with `session_epoch`."""
        return self._epoch_hash(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for digest in super().get_session_auth_fallback_hash():
            yield self._epoch_hash(digest)

    def _epoch_hash(self, digest: str) -> str:
        return f"{digest}.{self.session_epoch}"

    def set_phone(self, phone: str | None) -> None:
        """Set the number (E.164) and its hash in memory."""
        self.phone = phone or None
        self.phone_hash = keyed_hash(phone, purpose="users.phone") if phone else None


BY_KEY = Written(lambda pk: User.objects.filter(pk=pk), pk=SOME_KEY)
