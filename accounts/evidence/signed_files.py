"""Whether a file that was signed after the opening is what its row says of it."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.signing import sealing
from accounts.signing.authority import authority, common_name
from accounts.signing.signed_later import SignedLater, signer_of
from brokerage.files import api as files

Problem = tuple[str, str]


def lacks_of_signed_file(row: SignedLater) -> Iterator[Problem]:
    """What is wrong with the signature of a row's file; nothing where the file cannot be read."""
    try:
        with files.open_stream(files.StoredFile.objects.get(ref=str(row.file_ref))) as plain:
            found = sealing.check(plain.read(), roots=authority().roots())
    except (files.FileDamaged, files.StoredFile.DoesNotExist, ValueError):
        return  # the file's own check says so
    if not found.valid:
        yield f"signature_{found.problem}", str(row.ref)
    signer = common_name(signer_of(row).name)
    if (found.signer, found.serial) != (signer, row.certificate_serial):
        yield "other_signer", str(row.ref)
