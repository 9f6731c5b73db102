"""A list of texts on the import desk: one row for each text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.core import scope
from brokerage.users.models import User
from content.models import RawItem, Source
from content.models.intake import LONGEST
from content.states import Way
from content.use_cases.take_in import Incoming, UnableToTakeIn, take_in


class Texts(Importer):
    """Takes texts in as if they were typed one by one: compared, screened, put on the clock."""

    key = "texts"
    label = _("Texts of others")
    intro = _("Reports, comments and posts of a source, one a row; the desk decides on each.")
    icon = "book"
    permission = "content.add_rawitem"
    unique = ("source", "title")
    columns = (
        Column(
            "source",
            forms.CharField(label=_("Source"), max_length=60, help_text=_("Its Chinese name.")),
            "演示财经社",
        ),
        Column("title", forms.CharField(label=_("Title"), max_length=200), "央行开展逆回购操作"),
        Column(
            "body",
            forms.CharField(
                label=_("Its text"),
                max_length=LONGEST,
                help_text=_("An empty line between paragraphs."),
            ),
            "操作利率与上次持平，资金面平稳。",
            keeps_lines=True,
        ),
        Column("author", forms.CharField(label=_("Author"), max_length=80, required=False)),
        Column(
            "url",
            forms.URLField(
                label=_("Web address"), max_length=500, required=False, assume_scheme="https"
            ),
            "https://news.example/1",
        ),
        Column(
            "published_at",
            forms.DateTimeField(
                label=_("Published at"), required=False, help_text="2026-03-02 09:30"
            ),
            "2026-03-02 09:30",
        ),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, Source]:
        names = {row["source"] for row in rows if "source" in row}
        found = scope.visible(Source, user).filter(name_zh__in=names, is_active=True)
        return {source.name_zh: source for source in found}

    def check(self, row: Values, facts: dict[str, Source], *, user: User) -> None:
        if row["source"] not in facts:
            raise ValidationError({"source": _("No source in use has this name.")})

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        incoming = Incoming(
            title=row["title"],
            body=row["body"],
            author=row["author"],
            url=row["url"],
            published_at=row["published_at"],
        )
        source = scope.visible(Source, maker).get(name_zh=row["source"])
        try:
            raw, _new = take_in(source=source, incoming=incoming, way=Way.FILE, user=maker, at=at)
        except UnableToTakeIn as error:
            raise ValidationError({error.field: str(error)}) from error
        return raw.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(RawItem, user).filter(ref=ref).first()


TEXTS = Texts()
