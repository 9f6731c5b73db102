"""What follows when something happened to an application."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.aml.events import MatchDecided
from accounts.consents import FACE
from accounts.counter.states import ReleaseEnd
from accounts.events import (
    AccountsOpened,
    ApplicationApproved,
    ApplicationEvent,
    ApplicationResubmitted,
    ApplicationReturned,
    ApplicationSubmitted,
    FollowUpDated,
    StepVisited,
)
from accounts.evidence.events import CheckAnswered, CheckUnanswered, PackSealed
from accounts.evidence.states import CheckKind, CheckResult
from accounts.models import Application, OutsideCheck, WatchHit
from accounts.states import OPEN, SECTIONS, WITH_US, Status, Step
from accounts.terms import names_of
from accounts.use_cases import (
    begin_opening,
    draw_second_look,
    note_visit,
    route_review,
    take_link,
    take_opened,
)
from accounts.use_cases.end_prepared import take_unlinked
from accounts.use_cases.go_on_with_market import take_counted
from accounts.use_cases.rate_customer import rate_customer
from accounts.use_cases.release_case import end_case
from accounts.use_cases.save_step import refuse_face
from accounts.use_cases.screening import screen_application
from accounts.use_cases.send_limits import send_limits
from accounts.use_cases.writing import find, find_with_person, lock
from branches.visits.events import VisitDone
from brokerage.core.display.languages import in_each_language
from brokerage.customers.events import ConsentWithdrawn
from brokerage.journal.actors import Actor
from brokerage.messaging import send


def tell_customer(event: ApplicationEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = find_with_person(event.subject)
    kind, context = event.kind, dict[str, Any](link=_where(event, application))
    if isinstance(event, FollowUpDated):
        context["due_at"] = event.due_at
    if isinstance(event, ApplicationSubmitted | ApplicationResubmitted):
        assert application.promised_at is not None
        context["promised_at"] = application.promised_at.isoformat()
    if isinstance(event, AccountsOpened) and event.refused:
        kind = f"{kind}_in_part"
        context["markets"] = in_each_language(lambda: names_of(event.refused))
    send(
        kind=kind,
        customer=application.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def take_visit(event: VisitDone, entry: Any) -> None:
    """A visit for a step is over: note it, so that the customer hears how to go on."""
    if event.subject_ref is None or event.step not in Step.values:
        return
    application = Application.objects.filter(ref=event.subject_ref).first()
    if application is not None and application.is_editable:
        note_visit(
            application=application, step=Step(event.step), visit=event.subject, at=entry.at
        )


def tell_after_visit(event: StepVisited, entry: Any) -> None:
    """What is next: the step is done and the rest goes on at home, or it is still open."""
    application = find_with_person(event.subject)
    customer = application.customer
    send(
        kind="accounts.step_done_at_outlet" if event.done else "accounts.step_open_after_visit",
        customer=customer,
        context={
            "link": application.get_absolute_url(),
            "step": in_each_language(lambda: str(Step(event.step).label)),
        },
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def _where(event: ApplicationEvent, application: Application) -> str:
    """The page to go on with: of exactly the step that was sent back, where it has one."""
    if isinstance(event, ApplicationReturned):
        step = next((step for step in event.steps if step in SECTIONS), None)
        if step:
            return reverse("accounts:step", args=[application.ref, step])
        if Step.VIDEO in event.steps:
            return reverse("accounts:video", args=[application.ref])
    return application.get_absolute_url()


def follow_match(event: MatchDecided, entry: Any) -> None:
    """Compliance decided on a match: what waited for it goes on, another market included, and an
    account is limited, or open again. Nobody is told why."""
    hit = WatchHit.objects.filter(ref=event.subject).first()
    if hit is None:
        return
    rows = Application.objects.filter(customer=hit.customer_id)
    for application in rows.filter(status__in=WITH_US):
        route_review(application=application, at=entry.at)
    for application in rows.filter(status=Status.ACTIVE):
        with transaction.atomic():
            send_limits(application=lock(application), at=entry.at)
        take_counted(application=application, at=entry.at)


def stop_face(event: ConsentWithdrawn, entry: Any) -> None:
    """An agreement was taken back: the face of this customer is used no more.

    A review that waited for nothing but the comparison goes on.
    """
    if event.purpose != FACE:
        return
    rows = Application.objects.filter(customer__ref=event.subject, status__in=OPEN)
    for application in rows:
        refuse_face(application=application, actor=Actor.system("accounts.consents"), at=entry.at)
        route_review(application=application, at=entry.at)


def end_release(event: ApplicationEvent, entry: Any) -> None:
    """Sent, withdrawn or expired: whatever an outlet had open is closed."""
    end_case(
        application=find(event.subject),
        ended_by=ReleaseEnd.CASE,
        actor=Actor.system("accounts.end_releases"),
        at=entry.at,
    )


def screen(event: ApplicationEvent, entry: Any) -> None:
    """Sent: compare with the lists now, so that nobody waits for it later."""
    screen_application(application=find(event.subject), at=entry.at)


def route(event: ApplicationEvent | CheckAnswered | CheckUnanswered, entry: Any) -> None:
    """Sent, or somebody outside answered or gave up: see how many people have to look."""
    route_review(application=find(event.subject), at=entry.at)


def rate(event: ApplicationEvent, entry: Any) -> None:
    """Approved: the relationship gets its first rating."""
    rate_customer(application=find(event.subject), at=entry.at)


def draw_look(event: ApplicationEvent, entry: Any) -> None:
    """Decided: some are looked at again without the outcome."""
    draw_second_look(application=find(event.subject), at=entry.at)


def open_accounts(event: ApplicationApproved | PackSealed, entry: Any) -> None:
    """Approved or sealed, whichever comes last: ask for the accounts."""
    begin_opening(application=find(event.subject), at=entry.at)


def take_accounts(event: CheckAnswered, entry: Any) -> None:
    """The depository or the bank answered about accounts that were asked for."""
    application = find(event.subject)
    if event.of_kind == CheckKind.UNLINK:
        if event.result == CheckResult.UNLINKED:
            take_unlinked(application=application, at=entry.at)
        return
    if event.of_kind == CheckKind.LINK:
        take_link(application=application, result=event.result, at=entry.at)
        return
    facts = OutsideCheck.objects.get(ref=event.check).facts
    if facts:
        take_opened(application=application, facts=facts, at=entry.at)
