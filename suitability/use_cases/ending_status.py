"""The end of the status: given up by notice, or reminded of before it ends by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging import send
from suitability.models import InvestorStatus, digest_of_match
from suitability.professional_events import StatusGivenUp
from suitability.rules.classes import StepBackInputs, step_back
from suitability.selectors.rules import procedure_on, professional_rules_on
from suitability.states import RecordingAbout
from suitability.use_cases.at_outlets import Counter, NotAtOutlet
from suitability.use_cases.recorded import require_recorded
from suitability.wording import sentences

ENDS, HAS_ENDED = "suitability.status_ends", "suitability.status_has_ended"
TOLD_LATE = timedelta(days=7)
"""For so long after its end a status is told to have ended, where the job did not run."""


class UnableToStepBack(Exception):
    """There is no status that the customer may give up; the message is translated."""


def give_up_status(
    *, customer: Customer, actor: Actor, at: datetime, counter: Counter | None = None
) -> InvestorStatus:
    """The customer's notice: an ordinary investor from now on. Nobody can refuse it.

    Args:
        counter: the outlet where the notice is given, and who takes it; None online, which stays
            open to the customer whatever was begun at an outlet.

    Raises:
        UnableToStepBack: without a status, or for a kind that the rules do not let go; at an
            outlet that is not this person's, or without a valid recording.
    """
    on = business_date(at)
    rules = professional_rules_on(on)
    with transaction.atomic():
        rows = InvestorStatus.objects.select_for_update().in_force(on)
        status = rows.filter(customer=customer).first()
        if status is None:
            raise UnableToStepBack(_("You are not a professional investor."))
        if counter:
            _require_recorded(status, counter, on)
        inputs = StepBackInputs(rules=rules.version, kind=status.professional, noticed=True, on=on)
        found = step_back(inputs, rules)
        if not found.granted:
            raise UnableToStepBack(" ".join(sentences(found.reasons)))
        status.ended_on, status.ended_at = on, at
        status.ended_why = InvestorStatus.Why.NOTICE
        status.inputs, status.result = inputs.to_json(), found.to_json()
        status.digest = digest_of_match(status.inputs, status.result)
        status.save()
        record(
            StatusGivenUp(subject=status.ref, customer=customer.ref),
            actor=actor,
            at=at,
            rule_version=rules.version,
        )
    return status


def _require_recorded(status: InvestorStatus, counter: Counter, on: date) -> None:
    try:
        counter.require(status.customer, on)
        require_recorded(status.request, RecordingAbout.STEP_BACK, at_outlet=True, on=on)
    except (NotAtOutlet, UnableToRecord) as refused:
        raise UnableToStepBack(str(refused)) from refused


def remind_of_ends(*, at: datetime) -> int:
    """Tell those whose status ends soon or has just ended; each reminder goes out once.

    Returns:
        How many people have a reminder due; those who got theirs before count as well.
    """
    on = business_date(at)
    days = procedure_on(on).remind_days
    last = on + timedelta(days=days[0])
    rows = InvestorStatus.objects.filter(
        ended_on=None, until__gt=on - TOLD_LATE, until__lte=last
    ).select_related("customer__user")
    number = 0
    for status in rows.order_by("pk").iterator():
        number += 1
        left = (status.until - on).days
        due = min((each for each in days if each >= left), default=0) if left > 0 else 0
        send(
            kind=ENDS if left > 0 else HAS_ENDED,
            customer=status.customer,
            context={"day": status.until.isoformat(), "link": reverse("suitability:professional")},
            at=at,
            dedupe_key=f"{ENDS}:{status.ref}:{due}",
        )
    return number
