"""The agreements of a pack come with it as one value, so that each page asks for them once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.evidence.states import PackStatus
from accounts.models import Application, Pack, PackDocument
from accounts.signing.texts import text_of
from brokerage.core.written import SOME_KEY, Written

NAMES = ("id", "pack_id", "text_id", "position", "opened_at", "read_at")
FOUND, IN_HAND = "_found_documents", "_documents"
# In SQL: by the ORM the rows, their joins and the sample of each text took as long as the page.
DOCUMENTS = """
(SELECT jsonb_agg(jsonb_build_array(document.id, document.pack_id, document.text_id,
        document.position, document.opened_at, document.read_at) ORDER BY document.position)
    FROM accounts_packdocument AS document JOIN accounts_pack AS pack ON pack.id = document.pack_id
    WHERE pack.application_id = {application} AND pack.status <> %s)
"""


def _with_documents(rows: QuerySet[Any], application: str) -> QuerySet[Any]:
    sql = DOCUMENTS.format(application=application)
    given = (PackStatus.SUPERSEDED.value,)
    found = RawSQL(sql, given, output_field=JSONField())  # noqa: S611  # constants
    return rows.annotate(**{FOUND: found})


def being_read() -> QuerySet[Application]:
    """Applications, each with the agreements of its current pack (`documents_of`)."""
    return _with_documents(Application.objects.all(), "accounts_application.id")


def _current(application: int) -> QuerySet[Pack]:
    rows = Pack.objects.current().filter(application=application)
    return _with_documents(rows, "accounts_pack.application_id")


CURRENT = Written(_current, application=SOME_KEY)
LOCKED = Written(
    lambda application: (
        _current(application).select_related("application").select_for_update(of=("self",))
    ),
    application=SOME_KEY,
)


SIGNED = Written(
    lambda application: Pack.objects.select_for_update().filter(
        application=application, status__in=(PackStatus.SIGNED, PackStatus.SEALED)
    ),
    application=SOME_KEY,
)


def pack_of(application: Application) -> Pack | None:
    """The current pack of an application, or None where nobody began to read."""
    return CURRENT.first(application=application.pk)


def lock_pack(application: Application) -> Pack | None:
    """The same with its application, locked until the transaction ends."""
    return LOCKED.first(application=application.pk)


def lock_signed(application: Application) -> list[Pack]:
    """The packs of an application that are signed, without their texts, locked."""
    return SIGNED.load(application=application.pk)


def documents_of(row: Application | Pack) -> list[PackDocument]:
    """The agreements in their order, as they stood when `row` was read here."""
    if IN_HAND not in row.__dict__:
        row.__dict__[IN_HAND] = [_document(values) for values in getattr(row, FOUND) or ()]
    found: list[PackDocument] = row.__dict__[IN_HAND]
    return found


def keep_documents(pack: Pack, documents: list[PackDocument]) -> None:
    """What was just written is what `documents_of` tells."""
    pack.__dict__[IN_HAND] = documents


def _document(values: list[Any]) -> PackDocument:
    *keys, opened, read = values
    instants = [datetime.fromisoformat(at) if at else None for at in (opened, read)]
    made = PackDocument.from_db("default", NAMES, [*keys, *instants])
    made.text = text_of(made.text_id)
    return made
