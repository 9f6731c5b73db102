"""The files of a signature by hand: what is printed, and the scan under the firm's seal."""

from __future__ import annotations

import io
from datetime import datetime

from django.db import transaction

from accounts.files import PAPER_PRINT
from accounts.models import Pack, PaperSigning
from accounts.on_paper.page import SEAL, cover_data, print_data
from accounts.on_paper.scans import with_scans
from accounts.on_paper.selectors import confirmed_paper, shown_pages
from accounts.on_paper.states import PaperStatus
from accounts.signing.authority import Subject
from accounts.signing.filing import CannotFileYet, Signed, make_signed
from accounts.signing.typesetting import typeset
from brokerage.core.locking import lock_row
from brokerage.files import api as files
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.on_paper")


def make_print(*, paper: PaperSigning, at: datetime) -> PaperSigning:
    """Make the file that staff print. Not in a transaction; for the worker.

    A second call, or one after another print took its place, changes nothing.
    """
    rows = PaperSigning.objects.select_related("application", "pack", "outlet")
    row = rows.get(pk=paper.pk)
    if row.print_ref is not None or row.status != PaperStatus.PRINTED:
        return row
    made = typeset(print_data(row))
    file = files.store(
        upload=io.BytesIO(made),
        purpose=PAPER_PRINT,
        owner_ref=row.application.ref,
        actor=ACTOR,
        at=at,
    )
    with transaction.atomic():
        fresh = lock_row(PaperSigning, row.pk)
        kept = fresh.print_ref is None
        if kept:
            fresh.print_ref, fresh.print_sha256 = file.ref, file.sha256
            fresh.save(update_fields=["print_ref", "print_sha256"])
    if not kept:  # another worker was quicker: its file counts
        files.dispose(file=file, actor=ACTOR, at=at, reason="made twice")
    return rows.get(pk=row.pk)


def make_sealed_scan(pack: Pack, *, at: datetime) -> Signed:
    """A cover with all hashes and the signed pages, under the seal of the firm.

    Args:
        pack: signed by hand and confirmed by two people.
        at: the instant of seal and time stamp.

    Raises:
        CannotFileYet: `scan` while a page cannot be read, else as `make_signed`.
    """
    paper = confirmed_paper(pack)
    assert paper is not None, "a pack on paper is signed by its confirmation"
    paper.pack = pack
    pages = shown_pages(paper.pages)
    scans = []
    for page in pages:
        if page is None:
            raise CannotFileYet("scan")
        with files.open_stream(page) as plain:
            scans.append(plain.read())
    hashes = [page.sha256 for page in pages if page]
    return make_signed(
        lambda serial: cover_data(paper, hashes, serial=serial),
        subject=Subject(name=SEAL, reference=str(pack.ref)),
        key=pack.ref,
        at=at,
        complete=lambda pdf: with_scans(pdf, scans),
    )
