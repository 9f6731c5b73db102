"""What is looked at once more when an application is sent, by one statement."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from accounts.evidence.states import CheckStatus, WitnessingStatus
from accounts.facts import FACTS, GIVEN, bring_along
from accounts.models import Application

LOOK = f"""
SELECT {FACTS},
    (SELECT jsonb_agg(purpose) FROM customers_consent
        WHERE customer_id = accounts_application.customer_id AND withdrawn_at IS NULL),
    (SELECT chapter.file_ref FROM accounts_chapter AS chapter
        JOIN accounts_witnessing AS witnessing ON witnessing.id = chapter.witnessing_id
        WHERE witnessing.application_id = accounts_application.id AND witnessing.status = %s
        ORDER BY chapter.position LIMIT 1),
    EXISTS (SELECT FROM accounts_outsidecheck
        WHERE application_id = accounts_application.id AND status <> %s),
    (SELECT jsonb_object_agg(ref, sha256) FROM files_storedfile
        WHERE ref = ANY(%s) AND sha256 <> '')
FROM accounts_application WHERE id = %s
"""  # noqa: S608  # constants


@dataclass(frozen=True)
class Looked:
    """How things stand besides the answers.

    Attributes:
        agreed: what the customer agrees to now.
        film: ref of the file of the video's first chapter; empty where there is none.
        was_asked: whether anything was asked outside before.
        hashes: of the pictures that are there, by the ref of their file.
    """

    agreed: frozenset[str]
    film: str
    was_asked: bool
    hashes: Mapping[str, str]


def look(application: Application, pictures: Collection[UUID]) -> Looked:
    """How a locked application stands; its facts (`facts_of`) come along.

    The film is empty where an outlet witnessed without a file.

    Args:
        application: locked.
        pictures: refs of the files of its document.
    """
    given = (*GIVEN, WitnessingStatus.COMPLETE.value, CheckStatus.SUPERSEDED.value, [*pictures])
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [*given, application.pk])
        facts, agreed, film, asked, hashes = cursor.fetchone()
    bring_along(application, json.loads(facts))
    return Looked(
        agreed=frozenset(json.loads(agreed or "[]")),
        film=str(film or ""),
        was_asked=asked,
        hashes=json.loads(hashes or "{}"),
    )
