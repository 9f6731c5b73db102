"""Disputes with a clock and corrections on later statements; statements in API and back office."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.home import settling
from partners.models import Dispute, PartnerEvent, Statement
from partners.states import (
    DisputeStatus,
    EventKind,
    StatementStatus,
)
from partners.use_cases.disputes import (
    UnableToAnswerDispute,
    UnableToDispute,
    answer_dispute,
    raise_dispute,
)
from partners.use_cases.release_statements import (
    enter_correction,
)
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import (
    Api,
    a_client,
    a_correction,
    a_dispute,
    a_partner,
    a_statement,
    an_api,
    token_for,
)
from tests.partners.test_statements import AT, FEBRUARY, JANUARY, a_paid_partner, let_go, stated
from tests.users.factories import make_staff_user


@pytest.mark.django_db
class TestDisputes:
    def test_an_accepted_one_is_a_line_of_the_next_statement_and_the_old_one_stays(self):
        partner = a_paid_partner()
        january = let_go(stated(partner, JANUARY))
        before = january.total_yuan
        dispute = a_dispute(statement=january, at=AT)
        done = answer_dispute(
            dispute=dispute,
            answer="You are right.",
            amount=Decimal("-12.34"),
            by=make_staff_user(),
            at=AT,
        )
        told = PartnerEvent.objects.get(kind=EventKind.DISPUTE_ANSWERED)
        assert (told.object_ref, told.object_version) == (done.ref, 2)
        february = stated(partner, FEBRUARY)
        line = february.lines.get(kind="correction")
        assert line.amount_yuan == Decimal("-12.34")
        assert line.inputs["corrects"] == str(january.ref)
        assert Entry.objects.get(ref=line.sources[0]).kind == "partners.correction_entered"
        january.refresh_from_db()
        assert january.total_yuan == before
        sums = february.lines.aggregate(all=Sum("amount_yuan"))["all"]
        assert february.total_yuan == sums

    def test_a_correction_stands_on_one_statement_only(self):
        partner = a_paid_partner()
        let_go(stated(partner, JANUARY))
        row = Statement.objects.get()
        enter_correction(statement=row, amount=Decimal(7), reason="x", by=make_staff_user(), at=AT)
        let_go(stated(partner, FEBRUARY))
        march = stated(partner, date(2026, 3, 1), datetime(2026, 4, 2, tzinfo=UTC))
        assert not march.lines.filter(kind="correction").exists()

    def test_the_last_statement_is_disputed_after_the_last_contract(self):
        partner = a_partner()
        _client, secret = a_client(partner)
        statement = a_statement(partner, released=True)
        partner.contracts.update(valid_to=clock.today())
        api = Api(token_for(secret))
        given = json.dumps({"statement": str(statement.ref), "text": "少了一天"})
        made = api.post("disputes", given, "k")
        assert (made.status_code, made.json()["status"]) == (201, "open")
        assert api.get(f"disputes/{made.json()['ref']}").status_code == 200
        assert len(api.get("disputes").json()["data"]) == 1
        assert api.get("me").status_code == 401, "nothing else is open"

    def test_an_answer_that_puts_a_sum_right_is_cut_nowhere(self):
        dispute, by = a_dispute(), make_staff_user()
        long: dict[str, Any] = {"dispute": dispute, "answer": "多" * 301, "by": by}
        long["at"] = clock.now()
        with pytest.raises(UnableToAnswerDispute, match="300"):
            answer_dispute(**long, amount=Decimal("-1"))
        done = answer_dispute(**long)
        assert (done.status, len(done.answer)) == (DisputeStatus.REFUSED, 301)

    def test_its_clock_and_its_end(self):
        released = let_go(a_statement(at=AT))
        api_client = a_client(released.partner)[0]
        last = datetime.combine(released.dispute_by, AT.timetz())
        found = raise_dispute(api_client=api_client, statement=released, text="x", at=last)
        assert found.due_on > released.dispute_by
        with pytest.raises(UnableToDispute):
            raise_dispute(
                api_client=api_client,
                statement=released,
                text="x",
                line=1,
                at=last + timedelta(days=1),
            )

    def test_no_second_answer_no_answer_without_words_or_with_a_sum_of_zero(self):
        dispute, person = a_dispute(at=AT), make_staff_user()
        for answer, amount in ((" ", None), ("x", Decimal(0))):
            with pytest.raises(UnableToAnswerDispute):
                answer_dispute(dispute=dispute, answer=answer, amount=amount, by=person, at=AT)
        answer_dispute(dispute=dispute, answer="No.", by=person, at=AT)
        with pytest.raises(UnableToAnswerDispute):
            answer_dispute(dispute=dispute, answer="No.", by=person, at=AT)


@pytest.mark.django_db
class TestApi:
    def test_released_statements_only_with_lines_that_add_up(self):
        partner = a_partner()
        api, waiting = an_api(partner), a_statement(partner)
        assert api.get("statements").json()["data"] == []
        assert api.get(f"statements/{waiting.ref}").status_code == 404
        done = let_go(waiting, clock.now())
        listed = api.get("statements").json()["data"]
        assert [row["ref"] for row in listed] == [str(done.ref)]
        one = api.get(f"statements/{done.ref}")
        again = api.get(f"statements/{done.ref}", **{"If-None-Match": one.headers["ETag"]})
        assert again.status_code == 304
        lines = api.get(f"statements/{done.ref}/lines").json()["data"]
        assert len(lines) == one.json()["lines"]
        total = sum(Decimal(line["amount_yuan"]) for line in lines)
        assert total == Decimal(one.json()["total_yuan"])

    def test_those_of_others_do_not_exist(self):
        dispute = a_dispute()
        ref, other = dispute.statement.ref, an_api(a_partner("乙"))
        for path in (f"statements/{ref}", f"statements/{ref}/lines", f"disputes/{dispute.ref}"):
            assert other.get(path).status_code == 404
        refused = other.post("disputes", json.dumps({"statement": str(ref), "text": "x"}), "k")
        assert refused.json()["errors"][0]["pointer"] == "/statement"
        assert other.get("disputes").json()["data"] == []

    def test_a_dispute_is_raised_read_and_answered(self):
        partner = a_partner()
        api, row = an_api(partner), a_statement(partner, released=True)
        body = {"statement": str(row.ref), "line": 1, "text": "自五日起算"}
        made = api.post("disputes", json.dumps(body), "k")
        assert (made.status_code, made.json()["status"]) == (201, "open")
        twice = api.post("disputes", json.dumps(body), "k2")
        assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
        wrong = api.post("disputes", json.dumps(body | {"line": 9}), "k3")
        assert wrong.json()["errors"][0]["pointer"] == "/line"
        answer_dispute(
            dispute=Dispute.objects.get(),
            answer="No.",
            by=make_staff_user(),
            at=clock.now(),
        )
        told = api.get(f"disputes/{made.json()['ref']}").json()
        assert (told["status"], told["answer"], told["version"]) == ("refused", "No.", 2)


@pytest.mark.django_db
def test_manager_and_head_office_find_it_among_their_tasks_and_settle_it():
    manager, office = staff(Role.PARTNER_MANAGER), staff(Role.HEAD_OFFICE)
    row = a_statement(a_partner(manager=manager))
    url = f"/admin/partners/statement/{row.ref}/"
    tasks = [task.url for task in settling(manager, clock.now())]
    assert tasks == [f"{url}change/"]
    desk, head = desk_of(manager), desk_of(office)
    page = desk.get(f"{url}change/").content.decode()
    assert "120,000.00" in page
    assert "Release now" not in page
    desk.post(f"{url}act/check/")
    assert f"{url}change/" in [task.url for task in settling(office, clock.now())]
    head.post(f"{url}act/release/")
    row.refresh_from_db()
    assert row.status == StatementStatus.RELEASED
    dispute = a_dispute(statement=row)
    (task,) = settling(manager, clock.now())
    assert task.due_at is not None
    answered = {"answer": "合同自五日起算，退回四日。", "amount": "-10.50"}
    desk.post(f"/admin/partners/dispute/{dispute.ref}/act/accept/", answered)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.ACCEPTED
    assert "10.50" in desk.get("/admin/partners/correction/").content.decode()


@pytest.mark.django_db
def test_a_manager_sees_none_of_another_managers_institutions():
    foreign = a_correction().statement
    desk = desk_of(staff(Role.PARTNER_MANAGER))
    assert desk.get(f"/admin/partners/statement/{foreign.ref}/change/").status_code == 404
    assert list(settling(staff(Role.PARTNER_MANAGER), clock.now())) == []
