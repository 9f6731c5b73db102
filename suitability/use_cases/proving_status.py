"""The proofs of an application as a professional investor: claims with their files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.files import api as files
from brokerage.files.states import WITH_CONTENT
from brokerage.journal.actors import Actor
from suitability.files import CLASS_EVIDENCE
from suitability.models import StatusProof, StatusRequest
from suitability.professional_events import ProofGiven, ProofRemoved
from suitability.selectors.rules import Procedure, procedure_on
from suitability.selectors.statuses import groups_of_request
from suitability.use_cases.asking_status import UnableToAsk, locked_open, tell


def give_proof(
    *,
    request: StatusRequest,
    fact: str,
    amount: Decimal | None,
    as_of: date,
    file_refs: Iterable[UUID],
    actor: Actor,
    at: datetime,
) -> StatusProof:
    """Add or replace what is claimed of a fact, and add files to it.

    Args:
        fact: one that the kind asks for.
        amount: yuan or months; None where the fact only has to hold.
        as_of: the day that the proof is of.
        file_refs: of files that were received in full for this customer.

    Raises:
        UnableToAsk: for another fact, a missing amount, a future day, too many files, or files
            that are not this customer's.
    """
    on = business_date(at)
    with transaction.atomic():
        locked = locked_open(request)
        procedure = procedure_on(on)
        asked = groups_of_request(locked, procedure.rules)
        leaf = {each.fact: each for group in asked for each in group}.get(fact)
        if leaf is None:
            raise UnableToAsk(_("This kind does not ask for this proof."))
        if leaf.at_least is not None and (amount is None or amount < 0):
            raise UnableToAsk(_("Write the amount as a number."))
        if as_of > on:
            raise UnableToAsk(_("The day of the proof cannot lie ahead."))
        proof = StatusProof.objects.filter(request=locked, fact=fact).first()
        proof = proof or StatusProof(request=locked, fact=fact)
        proof.claimed = "" if leaf.at_least is None or amount is None else f"{amount:f}"
        proof.as_of, proof.given_at = as_of, at
        proof.files = _files(proof, list(file_refs), locked, procedure)
        proof.accepted, proof.found = None, ""
        proof.save()
        tell(ProofGiven, locked, actor, at, fact=fact)
    return proof


def remove_proof(*, request: StatusRequest, fact: str, actor: Actor, at: datetime) -> None:
    """Take a proof out; its files end with it, unless the application was sent before.

    Raises:
        UnableToAsk: when the application is closed to the customer.
    """
    with transaction.atomic():
        locked = locked_open(request)
        proof = StatusProof.objects.filter(request=locked, fact=fact).first()
        if proof is None:
            return
        refs = list(proof.files)
        proof.delete()
        tell(ProofRemoved, locked, actor, at, fact=fact)
    if locked.submitted_at is None:  # what officers have seen stays
        for file in files.StoredFile.objects.filter(ref__in=refs):
            files.dispose(file=file, actor=actor, at=at, reason="the proof was taken out")


def _files(
    proof: StatusProof, added: list[UUID], request: StatusRequest, procedure: Procedure
) -> list[str]:
    received = files.StoredFile.objects.filter(
        ref__in=added, purpose=CLASS_EVIDENCE, owner_ref=request.customer.ref, original=None
    )
    # an image that was checked lives on in its clean copy
    known = [file for file in received if file.status in WITH_CONTENT or file.shown()]
    if len(known) != len(set(added)):
        raise UnableToAsk(_("We did not get this file. Choose it again."))
    kept = [*proof.files, *(str(ref) for ref in added)]
    if len(kept) > procedure.most_files:
        raise UnableToAsk(
            _("A proof has {most} files at most. Take it out and add them anew.").format(
                most=procedure.most_files
            )
        )
    return kept
