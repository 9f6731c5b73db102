"""What is recorded at an outlet, and whether it was.

"No valid recording, no go-ahead": whoever decides at an outlet asks `evidence_of` or
`require_recorded`. Recordings are made in `recordings`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from brokerage.files import api as files
from brokerage.files.chapters import UnableToRecord
from brokerage.files.states import WITH_CONTENT
from suitability.models import (
    Disclosure,
    DoubleRecording,
    InsistCase,
    InvestorStatus,
    MatchRecord,
    StatusRequest,
)
from suitability.rules.classes import MAY_STEP_BACK
from suitability.rules.insisting import Channel, Recording
from suitability.selectors.rules import recording_duty_on, script_of
from suitability.states import (
    ON_APPLICATIONS,
    REQUEST_OPEN_TO_CUSTOMER,
    DisclosureStatus,
    InsistStatus,
    RecordingAbout,
    RecordingStatus,
    RequestStatus,
)

Subject = MatchRecord | StatusRequest
"""What a recording is made on: the decision before a sale, or an application."""
BEFORE_A_SALE = frozenset(DisclosureStatus) - {DisclosureStatus.DONE, DisclosureStatus.GIVEN_UP}
TO_BE_RECORDED: dict[RecordingAbout, frozenset[str]] = {
    RecordingAbout.INSIST: frozenset({InsistStatus.WARNED, InsistStatus.ACKNOWLEDGED}),
    RecordingAbout.FIVE_ITEMS: BEFORE_A_SALE,
    RecordingAbout.HIGH_RISK: BEFORE_A_SALE,
    RecordingAbout.CONVERSION: frozenset(REQUEST_OPEN_TO_CUSTOMER),
    RecordingAbout.STEP_BACK: frozenset({RequestStatus.GRANTED}),
}


def evidence_of(subject: Subject, about: RecordingAbout) -> Recording | None:
    """The recording that counts, as the rules take it; None where there is none.

    A chapter whose file was refused by the virus check or disposed of counts as missing.
    """
    rows = DoubleRecording.objects.counting().filter(**columns_of(subject), about=about)
    found = rows.prefetch_related("chapters").first()
    if found is None:
        return None
    kept = {each.file_ref: each.key for each in found.chapters.all() if each.file_ref}
    there = files.StoredFile.objects.filter(ref__in=kept, status__in=WITH_CONTENT)
    taken = found.as_rules_take_it
    return Recording(
        script=taken.script,
        chapters=frozenset(kept[ref] for ref in there.values_list("ref", flat=True)),
        sha256=taken.sha256,
        passed=taken.passed,
    )


def require_recorded(
    subject: Subject, about: RecordingAbout, *, at_outlet: bool, on: date
) -> None:
    """Refuse to go on without a valid recording of what is told at an outlet.

    Whether it is owed there is data (`suitability.recording_duty`), and one that was begun has to
    be valid in any case. What is told online leaves its electronic trace instead.

    Raises:
        UnableToRecord: with what is missing.
        NoRuleInForce: at an outlet, while nobody approved what has to be recorded.
    """
    owed = at_outlet and about in recording_duty_on(on).required
    begun = DoubleRecording.objects.filter(**columns_of(subject), about=about)
    if not begun.exclude(status=RecordingStatus.GIVEN_UP).exists():
        if owed:
            raise UnableToRecord(
                _("At an outlet this is recorded before it goes on. There is no recording yet.")
            )
        return
    found = evidence_of(subject, about)
    if found is None or not found.passed:
        raise UnableToRecord(_("The recording has not passed its quality check."))
    if {each["key"] for each in script_of(found.script)} - found.chapters:
        raise UnableToRecord(_("A chapter of the recording is missing."))


def is_to_be_recorded(subject: Subject, about: RecordingAbout, on: date) -> bool:
    """Whether the step that a recording of this occasion belongs to is open now."""
    if isinstance(subject, StatusRequest) is not (about in ON_APPLICATIONS):
        return False
    return _status_of(subject, about, on) in TO_BE_RECORDED[about]


def columns_of(subject: Subject) -> dict[str, Any]:
    """The columns by which a recording belongs to it."""
    return {"request" if isinstance(subject, StatusRequest) else "record": subject}


def _status_of(subject: Subject, about: RecordingAbout, on: date) -> str:
    """Of the step that is recorded; empty where it has not begun at an outlet."""
    if isinstance(subject, StatusRequest):
        return _status_of_request(subject, about, on)
    if about == RecordingAbout.INSIST:
        cases = InsistCase.objects.filter(record=subject, channel=Channel.OUTLET)
        return str(cases.values_list("status", flat=True).first() or "")
    told = Disclosure.objects.filter(record=subject)
    if about == RecordingAbout.HIGH_RISK:
        told = told.filter(special=True)
    else:
        told = told.filter(channel=Channel.OUTLET)
    return str(told.values_list("status", flat=True).first() or "")


def _status_of_request(request: StatusRequest, about: RecordingAbout, on: date) -> str:
    if about == RecordingAbout.CONVERSION:
        explained = request.is_at_outlet and request.is_conversion and request.explained_at
        return request.status if explained else ""
    held = InvestorStatus.objects.in_force(on).filter(request=request).first()
    return request.status if held and held.professional in MAY_STEP_BACK else ""
