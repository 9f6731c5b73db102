"""Read stored files and compare them with what the database knows of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from brokerage.files.frames import FRAME, FileDamaged
from brokerage.files.models import StoredFile
from brokerage.files.reading import open_stream


class Command(BaseCommand):
    help = "Read every stored file, or a random sample, and report what is missing or changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="only N files, at random")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = StoredFile.objects.with_content()
        if options["sample"] is not None:
            rows = rows.order_by("?")[: options["sample"]]
        else:
            rows = rows.order_by("pk")
        found: Counter[str] = Counter()
        for file in rows.iterator(chunk_size=500):
            fault = fault_of(file)
            found[fault] += 1
            if fault:
                self.stderr.write(f"{file.ref}: {fault}")
        self.stdout.write(f"{found.total()} files read, {found.total() - found['']} damaged")
        if found.total() != found[""]:
            raise CommandError("Restore the files named above from a backup.")


def fault_of(file: StoredFile) -> str:
    """What is wrong with the stored bytes of `file`: missing, changed …; empty if nothing."""
    digest = hashlib.sha256()
    try:
        with open_stream(file) as stream:
            while piece := stream.read(FRAME):
                digest.update(piece)
    except FileDamaged as damage:
        return str(damage)
    return "" if digest.hexdigest() == file.sha256 else "another content"
