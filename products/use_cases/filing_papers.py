"""Add a paper to a mandate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.files import MANDATE_PAPER
from products.mandate_events import MandatePaperAdded
from products.mandate_states import PaperKind
from products.models import Mandate, MandatePaper
from products.use_cases.refusals import UnableToList


def add_paper(
    *, mandate: Mandate, kind: PaperKind, upload: Any, by: User, at: datetime
) -> MandatePaper:
    """Store a PDF with a mandate that is under way.

    Raises:
        UnableToList: the mandate has ended; or, beside the field `upload`, the file is no PDF or
            too large.
    """
    if mandate.ended_at is not None:
        raise UnableToList(_("It has ended."))
    actor = Actor.of(by)
    try:
        stored = files.store(
            upload=upload, purpose=MANDATE_PAPER, owner_ref=mandate.ref, actor=actor, at=at
        )
    except files.UnableToStore as error:
        raise UnableToList(str(error), {"upload": [str(error)]}) from error
    with transaction.atomic():
        row = MandatePaper.objects.create(
            mandate=mandate, kind=kind, file=stored, added_at=at, added_by_ref=by.ref
        )
        event = MandatePaperAdded(subject=mandate.ref, paper=kind.value)
        record(event, actor=actor, at=at)
    return row
