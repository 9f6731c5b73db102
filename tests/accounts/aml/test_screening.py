"""Screening at the opening and over the stock; who decides, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.aml.access import tasks
from accounts.aml.states import AmlFactor, AmlLevel, HitStatus, ListKind, MatchedOn
from accounts.evidence.states import CheckKind
from accounts.models import (
    AmlRating,
    ListRelease,
    OutsideCheck,
    Routing,
    Screening,
    WatchHit,
)
from accounts.review.states import Route
from accounts.selectors import capabilities
from accounts.states import Status, Verdict
from accounts.use_cases import (
    UnableToDecide,
    approve_application,
    claim_review,
    propose_verdict,
    route_review,
    screening,
)
from accounts.use_cases.decide_match import (
    UnableToDecideOnMatch,
    decide_match,
    dispute_match,
    propose_match,
)
from accounts.use_cases.load_watch_list import Listed
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.rate_customer import UnableToRate, rate_customer, review_rating
from accounts.use_cases.screening import (
    is_held,
    screen_application,
    screen_piece,
)
from brokerage.core.roles import Role, sync_roles
from brokerage.journal.delivery import deliver_pending
from brokerage.users.models import User
from tests.accounts.aml.factories import a_match, a_release
from tests.accounts.answers import id_number
from tests.accounts.factories import AT, NAME, a_reviewer, an_application, an_officer
from tests.accounts.life.test_key_data import agreed, sent
from tests.accounts.review.factories import a_clear_one
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_staff
from tests.customers.factories import an_identified_customer
from tests.threads import together

LATER = AT + timedelta(hours=1)


@pytest.mark.django_db
def test_an_open_match_holds_the_approval_and_says_nothing_of_it() -> None:
    a_release()
    application = an_application(Status.REVIEWING, proposed=Verdict.APPROVE)
    second = a_reviewer()
    with pytest.raises(UnableToDecide) as refused:
        approve_application(application=application, officer=second, at=AT)
    assert str(refused.value) == "A central check is not finished yet."
    hit = WatchHit.objects.get()
    assert (hit.status, hit.matched) == (HitStatus.OPEN, ["name", "sound"])
    assert (hit.customer_name, hit.entry_name) == (NAME, NAME)

    officer = make_staff(Role.COMPLIANCE)
    decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="生日不同", at=AT)
    done = approve_application(application=application, officer=second, at=AT)
    assert done.status == Status.APPROVED
    assert Screening.objects.get().matches == 1


@pytest.mark.django_db
def test_nothing_passes_by_rule_while_a_match_is_open() -> None:
    a_release()
    routed = route_review(application=a_clear_one(), at=AT, draw=999)
    assert (routed.status, routed.route) == (Status.SUBMITTED, Route.RULE)


@pytest.mark.django_db
def test_a_screening_counts_for_the_releases_that_it_saw() -> None:
    application = an_application()
    a_release(Listed("1", "某某某"))
    first = screen_application(application=application, at=AT)
    assert screen_application(application=application, at=AT) == first
    a_release(Listed("1", "某某某"), Listed("2", "某某"))
    again = screen_application(application=application, at=AT)
    assert (again != first, again.matches) == (True, 0)


@pytest.mark.django_db
def test_the_stock_is_screened_in_pieces_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "PIECE", 2)
    people = [
        an_identified_customer(f"+86138001300{n:02d}", number=id_number(n)) for n in range(3)
    ]
    release = a_release(*[Listed(str(n), p.name or "") for n, p in enumerate(people)])
    assert screen_piece(release=release, at=AT)
    assert not screen_piece(release=release, at=AT)
    release.refresh_from_db()
    assert (release.screened, release.finished_at) == (3, AT)
    assert not screen_piece(release=release, at=LATER)
    assert {hit.customer for hit in WatchHit.objects.all()} == set(people)


@pytest.mark.django_db
def test_a_cleared_match_stays_cleared_until_its_entry_changes() -> None:
    customer = an_identified_customer()
    hit = a_match(customer)
    officer = make_staff(Role.COMPLIANCE)
    decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="另一人", at=AT)
    name = customer.name or ""
    same = a_release(Listed(hit.key, name), Listed("9", "某某"))
    screen_piece(release=same, at=LATER)
    hit.refresh_from_db()
    assert hit.status == HitStatus.CLEARED
    changed = a_release(Listed(hit.key, name, birth_date=customer.birth_date or ""))
    screen_piece(release=changed, at=LATER)
    hit.refresh_from_db()
    assert (hit.status, hit.decided_by) == (HitStatus.OPEN, None)
    assert MatchedOn.BIRTH in hit.matched


@pytest.mark.django_db
def test_a_new_look_up_key_opens_no_cleared_match(settings: Any) -> None:
    customer = an_identified_customer()
    hit = a_match(customer)
    officer = make_staff(Role.COMPLIANCE)
    decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="另一人", at=AT)
    old = settings.KEYS
    settings.KEYS = replace(old, lookup=b"n" * 32, lookup_others=(old.lookup,))
    again = a_release(Listed(hit.key, customer.name or ""), Listed("9", "某某"))
    screen_piece(release=again, at=LATER)
    hit.refresh_from_db()
    assert (hit.status, WatchHit.objects.count()) == (HitStatus.CLEARED, 1)


@pytest.mark.django_db
def test_a_match_keeps_no_personal_data_in_the_clear() -> None:
    customer = an_identified_customer()
    a_match(customer)
    row = WatchHit.objects.values().get()
    shown = " ".join(str(value) for name, value in row.items() if not name.endswith("_name"))
    assert customer.birth_date
    assert customer.name
    assert customer.birth_date not in shown
    assert customer.name not in shown


@pytest.mark.django_db
def test_the_same_content_makes_no_new_release() -> None:
    first = a_release(Listed("1", "某某某"))
    assert a_release(Listed("1", "某某某")) == first
    second = a_release(Listed("1", "某某某"), Listed("2", "某某"))
    assert (second.number, ListRelease.objects.filter(is_current=True).get()) == (2, second)


@pytest.mark.django_db
def test_a_decision_needs_a_reason_and_its_author() -> None:
    hit = a_match(an_identified_customer())
    officer = make_staff(Role.COMPLIANCE)
    with pytest.raises(UnableToDecideOnMatch):
        decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason=" ", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        WatchHit.objects.filter(pk=hit.pk).update(status=HitStatus.CLEARED)


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_and_one_decision_stands() -> None:
    hit = a_match(an_identified_customer())
    turn = iter([make_staff(Role.COMPLIANCE), make_staff(Role.COMPLIANCE)])

    def clear() -> str:
        officer = next(turn)
        try:
            decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="x", at=AT)
        except UnableToDecideOnMatch:
            return "late"
        finally:
            connection.close()
        return "done"

    assert sorted(together(clear, times=2)) == ["done", "late"]


@pytest.mark.django_db
def test_an_approval_is_rated_and_a_person_looks_again() -> None:
    application = an_application(Status.APPROVED)
    first = rate_customer(application=application, at=AT)
    assert rate_customer(application=application, at=LATER) == first
    assert (first.level, first.factors) == (AmlLevel.LOW, [])
    assert first.review_on.isoformat() == "2029-03-02"
    officer = make_staff(Role.COMPLIANCE)
    with pytest.raises(UnableToRate):
        review_rating(rating=first, officer=officer, level=AmlLevel.HIGH, note="", at=AT)
    second = review_rating(
        rating=first, officer=officer, level=AmlLevel.HIGH, note="资金来源不清", at=LATER
    )
    assert second.review_on.isoformat() == "2026-09-02"
    assert AmlRating.objects.current().get() == second
    with pytest.raises(UnableToRate):
        review_rating(rating=first, officer=officer, level=AmlLevel.LOW, note="x", at=LATER)


@pytest.mark.django_db
def test_a_confirmed_match_raises_the_rating() -> None:
    application = an_application(Status.APPROVED)
    a_release(Listed("1", NAME), code="sanctions", kind=ListKind.SANCTIONS)
    screen_piece(release=ListRelease.objects.get(), at=AT)
    decide_match(
        hit=WatchHit.objects.get(),
        officer=make_staff(Role.COMPLIANCE),
        status=HitStatus.CONFIRMED,
        reason="证件一致",
        at=AT,
    )
    rating = rate_customer(application=application, at=AT)
    assert (rating.level, rating.factors) == (AmlLevel.HIGH, [AmlFactor.LISTED])


def confirmed(kind: ListKind, application: Any) -> WatchHit:
    """Compliance says that the applicant stands on a list of this kind."""
    a_release(Listed("1", NAME), code=str(kind), kind=kind)
    screen_application(application=application, at=LATER)
    hit = WatchHit.objects.get(watch_list__kind=kind)
    officer = make_staff(Role.COMPLIANCE)
    if kind == ListKind.PEP:
        propose_match(hit=hit, officer=make_staff(Role.COMPLIANCE), reason="同一人", at=AT)
    return decide_match(
        hit=hit, officer=officer, status=HitStatus.CONFIRMED, reason="同一人", at=AT
    )


@pytest.mark.django_db
def test_a_politically_exposed_person_is_reviewed_by_two_and_can_be_accepted() -> None:
    application = a_clear_one()
    hit = confirmed(ListKind.PEP, application)
    routed = route_review(application=application, at=AT, draw=999)
    assert (routed.status, routed.route) == (Status.SUBMITTED, Route.TWO)
    assert not is_held(application.customer)
    assert "exposed" not in str(Routing.objects.get().facts), "the desk reads nothing of it"
    first = an_officer(application.outlet)
    taken = claim_review(application=routed, officer=first, at=AT)
    taken = propose_verdict(application=taken, officer=first, verdict=Verdict.APPROVE, at=AT)
    done = approve_application(application=taken, officer=a_reviewer(application.outlet), at=AT)
    assert done.status == Status.APPROVED
    assert rate_customer(application=done, at=AT).factors == [AmlFactor.EXPOSED]
    assert hit.decided_by is not None


def a_hit(kind: ListKind) -> WatchHit:
    """An open match of the applicant with a list of this kind."""
    a_release(Listed("1", NAME), code=str(kind), kind=kind)
    screen_application(application=an_application(Status.REVIEWING), at=LATER)
    return WatchHit.objects.get()


@pytest.mark.django_db
def test_one_alone_confirms_no_exposed_person() -> None:
    hit = a_hit(ListKind.PEP)
    first, second = make_staff(Role.COMPLIANCE), make_staff(Role.COMPLIANCE)

    def confirm(officer: User) -> WatchHit:
        reason = "可以保留关系"
        return decide_match(
            hit=hit, officer=officer, status=HitStatus.CONFIRMED, reason=reason, at=AT
        )

    with pytest.raises(UnableToDecideOnMatch, match="propose it first"):
        confirm(first)
    propose_match(hit=hit, officer=first, reason="同一人", at=AT)
    assert is_held(hit.customer), "a proposal decides nothing"
    with pytest.raises(UnableToDecideOnMatch, match="Another person"):
        confirm(first)
    with pytest.raises(UnableToDecideOnMatch):
        decide_match(hit=hit, officer=second, status=HitStatus.CLEARED, reason="x", at=AT)
    done = confirm(second)
    assert (done.proposed_by, done.decided_by, done.proposal) == (first, second, "同一人")
    assert not is_held(hit.customer)


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_confirm_it_once() -> None:
    hit = a_hit(ListKind.PEP)
    first, *others = (make_staff(Role.COMPLIANCE) for _ in range(3))
    propose_match(hit=hit, officer=first, reason="同一人", at=AT)
    waiting = iter(others)

    def act() -> bool:
        try:
            decide_match(
                hit=hit, officer=next(waiting), status=HitStatus.CONFIRMED, reason="同意", at=AT
            )
        except UnableToDecideOnMatch:
            return False
        finally:
            connection.close()
        return True

    assert sorted(together(act, times=2)) == [False, True]
    assert WatchHit.objects.get().decided_by in others


@pytest.mark.django_db
def test_what_the_second_does_not_agree_with_is_decided_anew() -> None:
    hit = a_hit(ListKind.PEP)
    first, second = make_staff(Role.COMPLIANCE), make_staff(Role.COMPLIANCE)
    propose_match(hit=hit, officer=first, reason="同一人", at=AT)
    again = dispute_match(hit=hit, officer=second, reason="照片不同", at=AT)
    assert (again.status, again.proposed_by, again.disputed) == ("open", None, "照片不同")
    with pytest.raises(UnableToDecideOnMatch):
        dispute_match(hit=hit, officer=second, reason="x", at=AT)
    assert decide_match(
        hit=hit, officer=first, status=HitStatus.CLEARED, reason="另一人", at=AT
    ).status == (HitStatus.CLEARED)


@pytest.mark.django_db
def test_who_confirmed_an_exposed_person_does_not_clear_it_alone() -> None:
    hit = confirmed(ListKind.PEP, an_application(Status.REVIEWING))
    officer, other = hit.decided_by, make_staff(Role.COMPLIANCE)
    assert officer is not None
    with pytest.raises(UnableToDecideOnMatch, match="Another person"):
        decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="错", at=LATER)
    done = decide_match(hit=hit, officer=other, status=HitStatus.CLEARED, reason="错", at=LATER)
    assert (done.status, done.proposed_by) == (HitStatus.CLEARED, None)


@pytest.mark.django_db
def test_the_other_lists_take_one_person_who_acts_at_once() -> None:
    hit = a_hit(ListKind.SANCTIONS)
    with pytest.raises(UnableToDecideOnMatch, match="one person"):
        propose_match(hit=hit, officer=make_staff(Role.COMPLIANCE), reason="同一人", at=AT)


@pytest.mark.django_db
def test_the_database_wants_two_people_as_well() -> None:
    hit = a_hit(ListKind.PEP)
    one = make_staff(Role.COMPLIANCE)
    alone = {"status": "confirmed", "decided_by": one, "decided_at": AT, "reason": "x"}
    proposed = {"proposed_by": one, "proposed_at": AT, "proposal": "x"}
    for values in (alone, alone | proposed):
        with pytest.raises(IntegrityError), transaction.atomic():
            WatchHit.objects.filter(pk=hit.pk).update(**values)


@pytest.mark.django_db
def test_a_proposal_waits_for_a_second_person_in_their_tasks_and_on_the_page() -> None:
    sync_roles()
    hit = a_hit(ListKind.PEP)
    first, second = staff(Role.COMPLIANCE), staff(Role.COMPLIANCE)
    url = f"/admin/accounts/watchhit/{hit.ref}/"
    desk_of(first).post(f"{url}act/propose/", {"reason": "同一人，资金来源清楚"})
    assert [each.action for each in tasks(first, AT)] == []
    assert [each.detail for each in tasks(second, AT)] == [str(hit)]
    assert "act/confirm/" not in desk_of(first).get(f"{url}change/").content.decode()
    assert "act/confirm/" in desk_of(second).get(f"{url}change/").content.decode()
    desk_of(second).post(f"{url}act/confirm/", {"reason": "同意"})
    hit.refresh_from_db()
    assert (hit.status, hit.decided_by) == (HitStatus.CONFIRMED, second)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [ListKind.SANCTIONS, ListKind.WANTED, ListKind.OWN])
def test_a_confirmed_match_of_every_other_list_holds(kind: ListKind) -> None:
    application = a_clear_one()
    confirmed(kind, application)
    assert is_held(application.customer)
    routed = route_review(application=application, at=AT, draw=999)
    assert routed.status == Status.SUBMITTED


@pytest.mark.django_db
def test_clearing_a_match_lets_pass_what_passes_by_rule() -> None:
    a_release()
    application = route_review(application=a_clear_one(), at=AT, draw=999)
    assert application.status == Status.SUBMITTED
    officer = make_staff(Role.COMPLIANCE)
    hit = WatchHit.objects.get()
    decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="另一人", at=AT)
    while deliver_pending(at=AT):
        pass
    application.refresh_from_db()
    assert (application.status, application.decided_by) == (Status.APPROVED, None)


@pytest.mark.django_db
def test_nothing_moves_in_the_account_of_a_confirmed_one_and_nobody_reads_why() -> None:
    application = an_application(Status.ACTIVE)
    hit = confirmed(ListKind.SANCTIONS, application)
    while deliver_pending(at=AT):
        pass
    asked = OutsideCheck.objects.current().get(kind=CheckKind.LIMITS)
    assert asked.asks["stops"] == ["buy", "deposit", "sell", "withdraw"]
    shown = capabilities(application)
    assert not any(each.ready for each in shown)
    assert {str(each.note) for each in shown} == {"closed at the moment; ask our service"}
    officer = make_staff(Role.COMPLIANCE)
    decide_match(hit=hit, officer=officer, status=HitStatus.CLEARED, reason="错", at=LATER)
    while deliver_pending(at=LATER):
        pass
    assert OutsideCheck.objects.current().get(kind=CheckKind.LIMITS).asks["stops"] == []
    assert all(each.ready for each in capabilities(application))


@pytest.mark.django_db
def test_a_new_name_is_compared_with_the_lists_at_once() -> None:
    renewal = sent(new_name="沈如初")
    a_release(Listed("7", "沈如初"))
    assert not WatchHit.objects.exists()
    ask(check=OutsideCheck.objects.current().get(kind=CheckKind.KEY_POLICE), at=AT)
    agreed(renewal)
    assert WatchHit.objects.get().customer == renewal.application.customer
