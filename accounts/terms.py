"""Words of the forms: choices whose keys stand in the answers of a section."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.display.languages import reads_english

JURISDICTIONS = Path(__file__).parent / "reference" / "jurisdictions.yaml"


class YesNo(models.TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")


class Education(models.TextChoices):
    """Highest education; the codes are those that papers of suitability hold answers against."""

    JUNIOR = "junior_secondary", pgettext_lazy("education", "Junior secondary school or less")
    SECONDARY = "secondary", pgettext_lazy("education", "Senior or vocational secondary school")
    COLLEGE = "college", pgettext_lazy("education", "College diploma")
    BACHELOR = "bachelor", pgettext_lazy("education", "Bachelor's degree")
    MASTER = "master", pgettext_lazy("education", "Master's degree")
    DOCTOR = "doctor", pgettext_lazy("education", "Doctorate")


class Income(models.TextChoices):
    """Yearly income after tax, in yuan."""

    UNDER_100K = "under_100k", _("Under 100,000 yuan")
    FROM_100K = "from_100k", _("100,000 to 300,000 yuan")
    FROM_300K = "from_300k", _("300,000 to 500,000 yuan")
    FROM_500K = "from_500k", _("Over 500,000 yuan")


class Assets(models.TextChoices):
    """Financial assets, in yuan."""

    UNDER_100K = "under_100k", _("Under 100,000 yuan")
    FROM_100K = "from_100k", _("100,000 to 500,000 yuan")
    FROM_500K = "from_500k", _("500,000 to 3 million yuan")
    FROM_3M = "from_3m", _("Over 3 million yuan")


class Benefits(models.TextChoices):
    """Whose money it is."""

    SELF = "self", _("I do")
    OTHER = "other", _("Somebody else does")


class Residence(models.TextChoices):
    """The three choices of the declaration (CRS)."""

    CHINA = "china", _("Only in mainland China")
    ABROAD = "abroad", _("Only in another country or region")
    BOTH = "both", _("In mainland China and elsewhere")


class EntityType(models.TextChoices):
    """What an organisation is for the exchange of tax information (CRS)."""

    ACTIVE = "active", _("It earns mostly by its own business")
    PASSIVE = "passive", _("It earns mostly by interest, dividends or rent")
    FINANCIAL = "financial", _("It is a financial institution")
    EXEMPT = "exempt", _("Government body, or listed company or its affiliate")


class NoTin(models.TextChoices):
    """Why there is no taxpayer number."""

    NOT_ISSUED = "not_issued", _("It issues no taxpayer numbers")
    NOT_OBTAINED = "not_obtained", _("I have not been given one")


class Market(models.TextChoices):
    """Markets for which accounts are opened online."""

    SH = "SH", _("Shanghai A shares")
    SZ = "SZ", _("Shenzhen A shares")


def names_of(markets: Iterable[str]) -> str:
    """Markets by name, in the reader's language, in the order of `Market`."""
    wanted = set(markets)
    return " · ".join(str(market.label) for market in Market if market in wanted)


def jurisdictions() -> list[tuple[str, str]]:
    """Countries and regions of the tax form, in the reader's language: code, name."""
    key = "en" if reads_english() else "zh"
    return [(code, names[key]) for code, names in _jurisdictions().items()]


@cache
def _jurisdictions() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(JURISDICTIONS.read_text())
    return found
