"""Apply again after a refusal, an end or a closing, with the answers that still count."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import AnswersCarriedOver
from accounts.models import Application, Section
from accounts.papers.kinds import PROOFS
from accounts.selectors import closed_since, outlets_for_opening
from accounts.states import ENDED, SECTION_DONE, SectionStatus, Status, Step
from accounts.use_cases.photos import SIDES
from accounts.use_cases.reuse_evidence import counts_still, reuse_in_locked
from accounts.use_cases.start_application import UnableToStart, start_application
from accounts.use_cases.writing import keep, lock
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor

FILES = (*SIDES, *PROOFS)
CARRIED = (Step.IDENTITY, Step.PROFILE, Step.TAX, Step.OUTLET, Step.BANK)
"""Consents are asked for again; assessment and passwords are the customer's and count anyway."""


def retry_application(*, application: Application, actor: Actor, at: datetime) -> Application:
    """A new draft with the answers of one that ended; the open one where there is one already.

    Of one that expired not long ago the origin and the police answer count again, too; its photos
    follow outside the transaction (`reuse_photos`). Else both sides are taken anew.

    Args:
        application: refused, withdrawn or expired, or its account was closed since.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToStart: when it goes on still, or was refused for good.
    """
    with transaction.atomic():
        before = lock(application)
        over = before.status == Status.REJECTED or before.status in ENDED
        if not over and closed_since(before) is None:
            raise UnableToStart(_("This application goes on. There is nothing to begin again."))
        draft = start_application(customer=before.customer, entry=None, actor=actor, at=at)
        row = lock(draft)
        if row.sections.exists() or row.status != Status.DRAFT:
            return row
        steps = [_carry(row, part, at) for part in before.sections.filter(step__in=CARRIED)]
        row.set_applicant_name(before.applicant_name)
        row.paper, row.age_group = before.paper, before.age_group
        offered = outlets_for_opening(business_date(at))
        if before.outlet_id:
            row.outlet = offered.filter(pk=before.outlet_id).first()
        if counts_still(before, at):
            reuse_in_locked(before=before, row=row, at=at)
        return keep(
            row,
            AnswersCarriedOver,
            actor=actor,
            at=at,
            was=row.status,
            before=before.ref,
            steps=tuple(sorted(steps)),
        )


def _carry(row: Application, part: Section, at: datetime) -> str:
    answers = {name: value for name, value in part.answers.items() if name not in FILES}
    done = part.status in SECTION_DONE and part.step != Step.IDENTITY
    Section.objects.create(
        application=row,
        step=part.step,
        status=SectionStatus.COMPLETE if done else SectionStatus.INCOMPLETE,
        version=1,
        values=json.dumps(answers, ensure_ascii=False),
        provenance={name: source for name, source in part.provenance.items() if name not in FILES},
        updated_at=at,
    )
    return str(part.step)
