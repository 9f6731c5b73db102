"""Add a version of a paper of a product."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.events import DocumentAdded
from products.files import DOCUMENT
from products.models import Document, Product
from products.states import DocumentKind, Language
from products.use_cases.refusals import UnableToList


def add_document(
    *,
    product: Product,
    kind: DocumentKind,
    language: Language,
    upload: Any,
    by: User,
    at: datetime,
) -> Document:
    """Store a PDF as the next version; it shows on the page once the worker has checked it.

    Raises:
        UnableToList: `errors` names the field `upload`, where the file is no PDF or too large.
    """
    actor = Actor.of(by)
    try:
        stored = files.store(
            upload=upload, purpose=DOCUMENT, owner_ref=product.ref, actor=actor, at=at
        )
    except files.UnableToStore as error:
        raise UnableToList(str(error), {"upload": [str(error)]}) from error
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        known = Document.objects.filter(product=product, kind=kind, language=language)
        newest = known.aggregate(newest=Max("version"))["newest"] or 0
        row = Document.objects.create(
            product=product,
            kind=kind,
            language=language,
            version=newest + 1,
            file=stored,
            added_at=at,
            added_by_ref=by.ref,
        )
        event = DocumentAdded(subject=product.ref, document=row.kind, version=row.version)
        record(event, actor=actor, at=at)
    return row
