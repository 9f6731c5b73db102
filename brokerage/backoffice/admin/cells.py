"""One value of a row: as HTML in lists and on the page of an object, as text in exports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from brokerage.backoffice.admin import tones
from brokerage.backoffice.admin.masks import masked
from brokerage.core.display import formats
from brokerage.core.templatetags.portal import chip

EMPTY = "–"
STATES = frozenset({"status", "state", "decision"})
"""Fields that say how far something is: shown as a chip with an icon."""


@dataclass(frozen=True)
class Cell:
    """A value with its label.

    Attributes:
        label: of the column or field.
        value: shown; safe HTML only where the admin class made it so.
        field: name of the encrypted field behind a masked value; else empty.
    """

    label: str
    value: Any
    field: str = ""


COMMON = {"ref": gettext_lazy("Reference number"), "created_at": gettext_lazy("Created at")}
"""Labels of the columns that every model inherits."""


def label_of(model_admin: Any, name: Any) -> str:
    """The heading of a column."""
    if label := COMMON.get(name):
        return str(label)
    return capfirst(str(label_for_field(name, model_admin.model, model_admin)))


def cell(
    model_admin: Any,
    row: Model,
    name: Any,
    *,
    reader: HttpRequest | None = None,
    for_file: bool = False,
) -> Cell:
    """The value `name` of `row`.

    Args:
        model_admin: the admin class that lists the row.
        name: a field, a method of the admin class, or a callable.
        reader: for whom a related record becomes a link, if its page exists for them.
        for_file: leave figures as programs read them, without separators.
    """
    name = masked(type(row), name)
    try:
        field, _attr, value = lookup_field(name, row, model_admin)
    except ObjectDoesNotExist:
        field, value = None, None
    if field is not None and getattr(field, "choices", None) and not field.remote_field:
        kept, value = value, getattr(row, f"get_{field.name}_display")()
        if field.name in STATES and kept:
            value = chip(tones.tone_of(str(kept)), str(value))
    elif field is not None and field.remote_field:
        value = getattr(row, field.name)
    elif isinstance(field, ArrayField) and value:
        names = dict(field.base_field.flatchoices)
        value = [str(names.get(one, one)) for one in value]
    if for_file and isinstance(value, Decimal):
        shown: Any = value
    else:
        shown = text_of(value) if reader is None else tree_of(value)
    if reader is not None and isinstance(value, Model):
        url = model_admin.admin_site.url_of(value, reader)
        shown = format_html('<a href="{}">{}</a>', url, shown) if url else shown
    behind = getattr(name, "field_name", "")
    return Cell(label_of(model_admin, name), shown, behind if value else "")


def text_of(value: Any) -> Any:
    """A value in the reader's language."""
    match value:
        case None | "":
            return EMPTY
        case bool():
            return _("Yes") if value else _("No")
        case Decimal():
            return formats.number(value)
        case datetime():
            return formats.moment(value)
        case date():
            return formats.day(value, year=True)
        case Model():
            return str(value)
        case list() | dict() if not value:
            return EMPTY
        case list():
            return pgettext("list of values", ", ").join(str(text_of(one)) for one in value)
        case dict():
            return json.dumps(value, ensure_ascii=False)
    return value


LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
"""Keys under which a rule keeps its texts, and what the page says of their language."""


def tree_of(value: Any) -> Any:
    """A value for the page of its object: what is nested stands in nested lists."""
    if value and isinstance(value, dict):
        rows = format_html_join(
            "",
            "<div><dt>{}</dt><dd{}>{}</dd></div>",
            ((key, _language(key), tree_of(part)) for key, part in value.items()),
        )
        return format_html('<dl class="tree">{}</dl>', rows)
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        rows = format_html_join("", "<li>{}</li>", ((tree_of(part),) for part in value))
        return format_html('<ol class="tree">{}</ol>', rows)
    return text_of(value)


def _language(key: str) -> Any:
    return format_html(' lang="{}"', LANGUAGES[key]) if key in LANGUAGES else ""
