"""A pack comes with its agreements, and with what is declared, as values of one statement.

So each page and each act asks for them once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.evidence.states import PackStatus
from accounts.models import AgreementText, Application, Pack, PackDocument, Section
from accounts.signing.texts import text_of
from accounts.states import Step
from brokerage.core.fields import Sealed
from brokerage.core.saving import insert_of, inserted
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
OF_SECTION = ("id", "ref", "application_id", "step", "status", "values")
SECTIONS = "_found_sections"
# Who signs, and what they declare with their signature.
SIGNED_WITH = """
(SELECT jsonb_agg(jsonb_build_array(section.id, section.ref, section.application_id,
        section.step, section.status, section."values"))
    FROM accounts_section AS section
    WHERE section.application_id = accounts_pack.application_id AND section.step = ANY(%s))
"""
CURRENT_ONLY = f"NOT (status = '{PackStatus.SUPERSEDED.value}')"
"""As `one_current_pack_of_an_application` says it."""
KEEP = """
WITH made AS ({insert}), kept AS (
    INSERT INTO accounts_packdocument (pack_id, text_id, position, opened_at)
    SELECT made.id, text.*
    FROM made, unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS text
    RETURNING *
)
SELECT made.id, (SELECT jsonb_agg(jsonb_build_array(id, pack_id, text_id, position, opened_at,
    read_at) ORDER BY position) FROM kept) FROM made
"""


def _with_documents(rows: QuerySet[Any], application: str) -> QuerySet[Any]:
    sql = DOCUMENTS.format(application=application)
    given = (PackStatus.SUPERSEDED.value,)
    found = RawSQL(sql, given, output_field=JSONField())  # noqa: S611  # constants
    return rows.annotate(**{FOUND: found})


def being_read() -> QuerySet[Application]:
    """Applications, each with the agreements of its current pack (`documents_of`).

    Of the application itself they have what says whether it may be changed (`may_change`).
    """
    rows = Application.objects.only("ref", "status", "returned_steps")
    return _with_documents(rows, "accounts_application.id")


def _current(application: int) -> QuerySet[Pack]:
    rows = Pack.objects.current().filter(application=application)
    given = ([Step.IDENTITY.value, Step.TAX.value],)
    found = RawSQL(SIGNED_WITH, given, output_field=JSONField())  # noqa: S611  # a constant
    return _with_documents(rows.annotate(**{SECTIONS: found}), "accounts_pack.application_id")


CURRENT = Written(_current, application=SOME_KEY)
LOCKED = Written(
    lambda application: _current(application).select_for_update(of=("self",)),
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
    return _of(application, CURRENT.first(application=application.pk))


def lock_pack(application: Application) -> Pack | None:
    """The same, locked until the transaction ends."""
    return _of(application, LOCKED.first(application=application.pk))


def section_with(pack: Pack, step: Step) -> Section | None:
    """The answers of identity or tax as they stood when the pack was read here."""
    for *plain, answers in getattr(pack, SECTIONS) or ():
        if step in plain:
            return Section.from_db("default", OF_SECTION, [*plain, Sealed(answers)])
    return None


def lock_signed(application: Application) -> list[Pack]:
    """The packs of an application that are signed, without their texts, locked."""
    return SIGNED.load(application=application.pk)


def documents_of(row: Application | Pack) -> list[PackDocument]:
    """The agreements in their order, as they stood when `row` was read here."""
    if IN_HAND not in row.__dict__:
        row.__dict__[IN_HAND] = [_document(values) for values in getattr(row, FOUND) or ()]
    found: list[PackDocument] = row.__dict__[IN_HAND]
    return found


def keep_new(pack: Pack, texts: Sequence[AgreementText], shown: AgreementText | None) -> bool:
    """Write a new pack with its texts, unless the application has a current one.

    Args:
        pack: not written yet.
        texts: in their order.
        shown: the one that is shown at once.

    Returns:
        Whether it was written; `documents_of` tells its texts then.
    """
    opened = [pack.presented_at if text == shown else None for text in texts]
    insert, values = insert_of(pack, "application", where=CURRENT_ONLY)
    places = ([text.pk for text in texts], [text.position for text in texts], opened)
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(insert=insert), (*values, *places))
        written = cursor.fetchone()
    if written is None:
        return False
    inserted(pack, written[0])
    setattr(pack, FOUND, json.loads(written[1] or "[]"))
    return True


def _of(application: Application, pack: Pack | None) -> Pack | None:
    if pack:
        pack.application = application
    return pack


def _document(values: list[Any]) -> PackDocument:
    *keys, opened, read = values
    instants = [datetime.fromisoformat(at) if at else None for at in (opened, read)]
    made = PackDocument.from_db("default", NAMES, [*keys, *instants])
    made.text = text_of(made.text_id)
    return made
