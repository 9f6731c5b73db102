"""Kinds of institution, and whether we work with them now."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.states import StateTable


class PartnerKind(models.TextChoices):
    """What an institution is; decides later what it may do and be paid for."""

    BANK = "bank", _("Bank")
    PLATFORM = "platform", _("Internet platform")
    FUTURES = "futures", _("Futures company")
    ISSUER = "issuer", _("Product issuer")
    INSTITUTION = "institution", _("Institution")


class PartnerStatus(models.TextChoices):
    """Only an active partner's clients and links work."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


TRANSITIONS = StateTable(
    {
        PartnerStatus.ACTIVE: [PartnerStatus.SUSPENDED, PartnerStatus.ENDED],
        PartnerStatus.SUSPENDED: [PartnerStatus.ACTIVE, PartnerStatus.ENDED],
        PartnerStatus.ENDED: [],
    }
)


class ApiScope(models.TextChoices):
    """What a client may ask for; a contract decides which of them it gets."""

    APPLICATIONS_READ = "applications:read", _("Read the stage of applications")
    ENTRIES_WRITE = "entries:write", _("Make entry links")
