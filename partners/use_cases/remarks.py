"""An institution suggests or complains; one of our people answers by the promised day."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import add_working_days
from brokerage.reference.models import Rule
from brokerage.users.models import User
from partners.dated import REMARKS
from partners.events import RemarkAnswered, RemarkMade
from partners.models import ApiClient, Partner, Remark
from partners.states import EventKind, RemarkKind, RemarkStatus
from partners.use_cases.publish import publish


class UnableToRemark(RefusedByField):
    """The remark cannot be; `errors` gives the translated messages by field."""


class UnableToAnswerRemark(Exception):
    """It cannot be answered so; the message is translated."""


@transaction.atomic
def make_remark(
    *,
    kind: RemarkKind,
    text: str,
    at: datetime,
    api_client: ApiClient | None = None,
    partner: Partner | None = None,
    operator: User | None = None,
    partner_reference: str = "",
) -> Remark:
    """Take what an institution suggests or complains of, by a program or by hand.

    Args:
        api_client: the program that says so; exactly where no operator does.
        partner, operator: the institution, and the log-in of its operator who says so by hand.
        partner_reference: the institution's own name for it, used once; made up for an operator.

    Raises:
        UnableToRemark: when the reference is used.

    Rule source: partners.remarks (the day of the answer).
    """
    actor = Actor.client(api_client) if api_client else Actor.of(operator)  # type: ignore[arg-type]  # one of the two is given
    whose = api_client.partner if api_client else partner
    locked = Partner.objects.select_for_update(no_key=True).get(ref=whose.ref)  # type: ignore[union-attr]  # one of the two is given
    partner_reference = partner_reference or f"desk-{uuid4().hex}"
    used = Remark.objects.filter(partner=locked, partner_reference=partner_reference)
    if used.exists():
        raise UnableToRemark({"partner_reference": [_("You have used this reference already.")]})
    day = business_date(at)
    rule = Rule.objects.in_force(REMARKS, day)
    row: Remark = Remark.objects.create(
        partner=locked,
        api_client=api_client,
        partner_reference=partner_reference,
        kind=kind,
        text=text,
        due_on=add_working_days(day, rule.figure[f"{kind}_days"]),
        rule_version=rule.version,
        created_at=at,
    )
    record(
        RemarkMade(subject=row.ref, partner=locked.ref, of_kind=row.kind),
        actor=actor,
        at=at,
        rule_version=rule.version,
    )
    return row


@transaction.atomic
def answer_remark(*, remark: Remark, answer: str, by: User, at: datetime) -> Remark:
    """Answer a remark; the institution is told that it can read the answer.

    Raises:
        UnableToAnswerRemark: without words, or when it is answered.
    """
    rows = Remark.objects.select_for_update(of=("self",)).select_related("partner")
    row: Remark = rows.get(pk=remark.pk)
    if row.status != RemarkStatus.OPEN:
        raise UnableToAnswerRemark(_("It was answered already."))
    if not answer.strip():
        raise UnableToAnswerRemark(_("Write down the answer."))
    row.move_to(RemarkStatus.ANSWERED)
    row.answer, row.answered_at, row.answered_by_ref = answer.strip(), at, by.ref
    row.version += 1
    row.save()
    record(RemarkAnswered(subject=row.ref, partner=row.partner.ref), actor=Actor.of(by), at=at)
    publish(
        partner=row.partner,
        kind=EventKind.REMARK_ANSWERED,
        ref=row.ref,
        version=row.version,
        at=at,
    )
    return row
