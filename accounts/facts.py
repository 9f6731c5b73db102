"""What the step rules and the frame of an application's pages need to know of it.

Each page of an application asks for this, so it comes with the row itself, as one value.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import DateField, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from accounts.evidence.states import PackStatus, WitnessingStatus
from accounts.models import Application, PinKind, Section
from accounts.rules import Facts
from accounts.selectors import asks_about_sharing, section_of
from accounts.states import PROVED, SECTION_DONE, Step
from brokerage.core.written import Given
from suitability.selectors import counting_assessment, counting_rows

SIGNED = (PackStatus.SIGNED, PackStatus.SEALED)
_DONE = frozenset(SECTION_DONE)
_DERIVED = ("_statuses", "_proved", "_medians")

# In SQL, because put together by the ORM from five query sets it took longer to write than to
# answer. Of a video that was asked for again, only what was recorded since counts.
FACTS = """
jsonb_build_object(
    'sections', (SELECT jsonb_object_agg(step, status) FROM accounts_section
        WHERE application_id = accounts_application.id),
    'filmed', (SELECT jsonb_agg(mode) FROM accounts_witnessing
        WHERE application_id = accounts_application.id AND status = %s
        AND (%s <> ALL(accounts_application.returned_steps)
             OR completed_at > accounts_application.stage_since)),
    'signed', EXISTS (SELECT FROM accounts_pack
        WHERE application_id = accounts_application.id AND status = ANY(%s)),
    'pins', (SELECT count(*) FROM accounts_pin
        WHERE customer_id = accounts_application.customer_id AND kind = ANY(%s)),
    'medians', (SELECT jsonb_object_agg(step, seconds) FROM accounts_stepmedian)
)
"""
GIVEN = (
    WitnessingStatus.COMPLETE.value,
    Step.VIDEO.value,
    [status.value for status in SIGNED],
    list(PinKind.values),
)


def with_facts(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Applications that bring along what `facts_of` asks for, on the business date `on`."""
    counting = counting_rows(OuterRef("customer"), Given("on", DateField()))
    return rows.annotate(
        _found=RawSQL(FACTS, GIVEN, output_field=JSONField()),  # noqa: S611  # a constant
        _assessed_at=Subquery(counting.values("confirmed_at")),
    )


def facts_of(application: Application) -> Facts:
    """What the step rules need to know.

    One query, kept with the instance, where the row was read without `with_facts`.
    """
    done = {Step(step) for step, status in statuses_of(application).items() if status in _DONE}
    done |= proved_steps(application)
    if _is_assessed(application):
        done.add(Step.ASSESSMENT)
    if application.sharing is not None:
        done.add(Step.SHARING)
    if application.outlet_id is None:
        done.discard(Step.OUTLET)
    return Facts(
        done=frozenset(done),
        asks_about_sharing=asks_about_sharing(application),
        is_organisation=application.is_organisation,
    )


def statuses_of(application: Application) -> dict[str, str]:
    """Where each section stands, by step; a step that nobody began is not in it."""
    found: dict[str, str] = _known(application, "_statuses")
    return found


def proved_steps(application: Application) -> frozenset[Step]:
    """The steps whose evidence is there: video, signed agreements, both passwords.

    A video that was asked for again counts once it was finished since. Of whoever is served at a
    counter only, it is recorded there; of whoever is not filmed, two people say who it is.
    """
    found: frozenset[Step] = _known(application, "_proved")
    return found


def medians_of(application: Application) -> dict[str, int]:
    """Seconds that steps take by their medians, as they were when the facts were looked up."""
    found: dict[str, int] = _known(application, "_medians")
    return found


def forget(application: Application) -> None:
    """Look the facts up anew when they are asked for: something was written."""
    for name in ("_found", *_DERIVED):
        application.__dict__.pop(name, None)


def known_section(application: Application, step: str) -> Section | None:
    """The answers of one step; not asked for where the facts in hand tell that nobody began."""
    if _are_in_hand(application) and step not in statuses_of(application):
        return None
    return section_of(application, step)


def note_section(application: Application, section: Section) -> None:
    """Facts in hand know where a section stands that was just written."""
    if _are_in_hand(application):
        application.__dict__["_statuses"] = {
            **statuses_of(application),
            section.step: section.status,
        }


def bring_along(application: Application, found: dict[str, Any]) -> None:
    """Give an application the value of `FACTS`, which was asked together with something else."""
    forget(application)
    application.__dict__["_found"] = found


def note_moved(
    application: Application, steps: Collection[str], before: Collection[str], after: str
) -> None:
    """Sections of a locked application were moved on: facts that it brought along are mended."""
    known = application.__dict__.get("_statuses")
    if known is None:
        forget(application)
        return
    for step in steps:
        if known.get(step) in before:
            known[step] = after


def note_proved(application: Application, step: Step) -> None:
    """The evidence of a step was just written: its facts are known without looking them up."""
    application.__dict__["_proved"] = proved_steps(application) | {step}


def with_present_assessment(application: Application, on: date) -> Application:
    """The application whose facts see the assessment that would count if it were sent on `on`.

    For a row that was read without `with_facts`.
    """
    if application.is_editable and "_assessed_at" not in application.__dict__:
        application.assessment = counting_assessment(application.customer, on, paper=False)
    return application


def _are_in_hand(application: Application) -> bool:
    return "_statuses" in application.__dict__ or "_found" in application.__dict__


def _known(application: Application, name: str) -> Any:
    if name not in application.__dict__:
        _derive(application, application.__dict__.pop("_found", None) or _look(application))
    return application.__dict__[name]


def _look(application: Application) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {FACTS} FROM accounts_application WHERE id = %s",  # noqa: S608  # a constant
            [*GIVEN, application.pk],
        )
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return found


def _derive(application: Application, found: dict[str, Any]) -> None:
    modes = {mode.value for mode in application.modes_that_count}
    filmed = bool(modes & set(found["filmed"] or ()))
    evidence = (filmed, found["signed"], found["pins"] == len(PinKind.values))
    application.__dict__ |= {
        "_statuses": found["sections"] or {},
        "_proved": frozenset(
            step for step, is_there in zip(PROVED, evidence, strict=True) if is_there
        ),
        "_medians": found["medians"] or {},
    }


def _is_assessed(application: Application) -> bool:
    confirmed = _assessed_at(application)
    if confirmed is None:
        return False
    # asked for again: only one that was confirmed since counts
    again = Step.ASSESSMENT in application.returned_steps
    return confirmed > application.stage_since if again else True


def _assessed_at(application: Application) -> datetime | None:
    """When the assessment that counts for it was confirmed."""
    if application.is_editable and "_assessed_at" in application.__dict__:
        found: datetime | None = application.__dict__["_assessed_at"]
        return found
    return application.assessment.confirmed_at if application.assessment else None
