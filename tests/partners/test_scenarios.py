"""What the sandbox plays, through the API and by the real use cases; live plays nothing."""

from __future__ import annotations

import pytest

from accounts.models import Application
from accounts.states import Status
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.customers.use_cases import load_consent_texts
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.settings.env import BASE_DIR
from partners.models import Lead, Statement
from partners.states import Activity, LeadStatus, StatementStatus
from tests.branches.factories import make_staff
from tests.partners.factories import (
    a_contract,
    a_licence,
    a_partner,
    a_scenario,
    a_webhook,
    an_api,
)
from tests.visits.factories import an_outlet

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def staffed(db: None) -> None:
    """Outlet, staff and texts, as the demonstration has them."""
    an_outlet()
    for role in (Role.OPENING_OFFICER, Role.REVIEWER, Role.PARTNER_MANAGER, Role.HEAD_OFFICE):
        make_staff(role)
    load_consent_texts(at=clock.now())


def begun(api, scenario):
    answer = api.post("scenarios", {"scenario": scenario}, f"begin-{scenario}")
    assert answer.status_code == 201, answer.content
    return answer.json()


def advanced(api, run, days):
    """The run after its clock was set forward, and after our own workers did their part."""
    path = f"scenarios/{run['ref']}/advance"
    answer = api.post(path, {"days": days}, f"advance-{run['version']}-{days}")
    assert answer.status_code == 200, answer.content
    while deliver_pending(at=clock.now()):
        pass
    return answer.json()


def kinds(api) -> list[str]:
    return [one["type"] for one in api.get("events", {"after": 0}).json()["data"]]


def stage(api, run) -> str:
    return str(api.get(f"applications/{run['application']}").json()["status"])


def test_a_lead_becomes_an_account(staffed):
    partner = a_partner()
    hook, api = a_webhook(partner), an_api(partner)
    run = begun(api, "lead_becomes_account")
    assert run["played"] == ["recommend"]
    assert [step["step"] for step in run["ahead"]] == ["begin", "send", "approve", "open"]
    assert api.get(f"leads/{run['lead']}").status_code == 200

    run = advanced(api, run, 1)
    assert stage(api, run) == "draft"
    run = advanced(api, run, 1)
    assert stage(api, run) == "submitted"
    run = advanced(api, run, 1)
    assert stage(api, run) == "approved"
    run = advanced(api, run, 2)

    assert run["ahead"] == []
    application = Application.objects.get(ref=run["application"])
    assert application.status == Status.ACTIVE
    assert Lead.objects.get(ref=run["lead"]).status == LeadStatus.WON
    told = kinds(api)
    assert told[0] == "lead.created"
    assert told.count("application.changed") >= 3
    assert hook.deliveries.count() == len(told)
    over = api.post(f"scenarios/{run['ref']}/advance", {"days": 1}, "over")
    assert (over.status_code, over.json()["code"]) == (409, "conflict")


def test_more_is_asked_for_and_answered(staffed):
    api = an_api()
    run = advanced(api, begun(api, "rfi"), 3)
    assert stage(api, run) == "returned"
    run = advanced(api, run, 2)
    assert stage(api, run) == "reviewing"
    run = advanced(api, run, 1)
    assert stage(api, run) == "approved"


def test_an_application_is_declined_and_no_reason_is_told(staffed):
    api = an_api()
    run = advanced(api, begun(api, "decline"), 90)
    assert stage(api, run) == "rejected"
    assert "identity" not in api.get(f"applications/{run['application']}").content.decode()


def test_a_draft_that_nobody_touches_expires(staffed):
    api = an_api()
    run = advanced(api, begun(api, "expiry"), 40)
    assert stage(api, run) == "draft"
    run = advanced(api, run, 30)
    assert stage(api, run) == "expired"
    assert run["ahead"] == []


def test_a_statement_is_reckoned_and_released_by_two_people(staffed):
    partner = a_partner()
    api = an_api(partner)
    run = begun(api, "statement")
    assert run["statement"] is None  # nobody outside hears of it before it is released
    assert api.get("statements").json()["data"] == []

    run = advanced(api, run, 1)

    statement = Statement.objects.get(partner=partner)
    assert statement.status == StatementStatus.RELEASED
    assert statement.checked_by_ref != statement.released_by_ref
    assert api.get(f"statements/{run['statement']}").status_code == 200
    assert "statement.released" in kinds(api)
    again = api.post("scenarios", {"scenario": "statement"}, "again")
    assert again.status_code == 409


def test_all_that_is_played_lies_before_the_present_and_in_the_journal(staffed):
    api = an_api()
    run = advanced(api, begun(api, "decline"), 90)

    assert Entry.objects.filter(at__gt=clock.now()).count() == 0
    steps = Entry.objects.filter(kind="partners.scenario_played").order_by("pk")
    assert [entry.payload["step"] for entry in steps] == run["played"]


def test_outside_a_sandbox_there_are_no_scenarios(settings):
    partner = a_partner()
    api, run = an_api(partner), a_scenario(partner)
    settings.SCENARIO_PLAYER = ""

    assert api.get("scenarios").status_code == 404
    assert api.get(f"scenarios/{run.ref}").status_code == 404
    assert api.post("scenarios", {"scenario": "decline"}, "a").status_code == 404
    assert api.post(f"scenarios/{run.ref}/advance", {"days": 1}, "b").status_code == 404
    page = api.client.get("/partner-api/").content.decode()
    assert "/api/v1/scenarios" not in page


def test_live_settings_have_no_player():
    live = (BASE_DIR / "brokerage" / "settings" / "prod.py").read_text(encoding="utf-8")

    assert 'SCENARIO_PLAYER = ""' in live


def test_another_institutions_scenario_does_not_exist():
    run = a_scenario()
    api = an_api()

    assert api.get(f"scenarios/{run.ref}").status_code == 404
    assert api.post(f"scenarios/{run.ref}/advance", {"days": 1}, "a").status_code == 404
    assert api.get("scenarios").json()["data"] == []


@pytest.mark.parametrize(
    "body", [{"days": 0}, {"days": 91}, {"days": "x"}, {}, {"days": 1, "y": 2}]
)
def test_the_clock_goes_forward_by_whole_days_only(body):
    partner = a_partner()
    run = a_scenario(partner)
    answer = an_api(partner).post(f"scenarios/{run.ref}/advance", body, "a")
    assert answer.status_code == 400
    run.refresh_from_db()
    assert run.version == 1


def test_who_may_send_no_leads_has_none_played():
    partner = a_partner(contract=False)
    a_licence(partner)
    a_contract(partner, activities=[Activity.DISPLAY])
    answer = an_api(partner).post("scenarios", {"scenario": "rfi"}, "a")
    assert answer.status_code == 400
    assert "/scenario" in answer.content.decode()
