"""What every endpoint does alike: problems, headers, languages, strict input, methods."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from brokerage.core import clock
from brokerage.core.api import limits
from brokerage.journal.models import Entry
from partners.api import base
from partners.models import EntryLink
from partners.states import ApiScope
from tests.partners.factories import (
    Api,
    a_campaign,
    a_client,
    a_lead,
    a_link,
    a_partner,
    a_remark,
    a_webhook,
    an_api,
    an_appointment,
    an_enquiry,
)

pytestmark = pytest.mark.django_db
BODY = {"partner_reference": "spring-2026"}


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"].endswith(f"/api/problems/{body['code']}/")
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


def test_who_comes_without_a_token_is_told_how_to_come():
    answer = Api().get("me")
    assert (answer.status_code, problem(answer)["code"]) == (401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", ["Bearer x", "Bearer", "Basic eDp5", "Bearer a b", "bearer é"])
def test_a_bad_token_is_named_as_such(header):
    answer = Api().client.get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, problem(answer)["code"]) == (401, "not-authenticated")
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_a_token_is_not_taken_from_the_address():
    api = an_api()
    token = api.headers["Authorization"].removeprefix("Bearer ")
    assert Api().get("me", {"access_token": token}).status_code == 401


def test_a_missing_scope_is_forbidden():
    api = an_api(scopes=[ApiScope.ENTRIES_WRITE])
    answer = api.get("applications")
    assert (answer.status_code, problem(answer)["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["", "nothing", "me/", "applications/1", "applications/x/y"])
def test_an_address_that_does_not_exist_answers_in_the_language_of_the_api(path):
    answer = an_api().get(path)
    assert (answer.status_code, problem(answer)["code"]) == (404, "not-found")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace", "post"])
def test_only_listed_methods_exist(method):
    api = an_api()
    answer = getattr(api.client, method)("/api/v1/me", headers=api.headers)
    assert (answer.status_code, problem(answer)["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


def test_another_media_type_is_refused_on_both_ways():
    api = an_api()
    answer = api.post("entries", "a=1", "k", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, problem(answer)["code"]) == (415, "unsupported-media-type")
    answer = api.get("me", Accept="text/html")
    assert (answer.status_code, problem(answer)["code"]) == (406, "not-acceptable")


def test_problems_speak_the_language_of_the_caller():
    english, chinese = an_api(), an_api(None)
    chinese.headers["Accept-Language"] = "zh-CN"
    titles = {problem(api.get("entries", {"limit": "0"}))["title"] for api in (english, chinese)}
    assert len(titles) == 2


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/partner_reference", "required"),
        ({"partner_reference": ""}, "/partner_reference", "blank"),
        ({"partner_reference": None}, "/partner_reference", "null"),
        ({"partner_reference": "a b"}, "/partner_reference", "invalid"),
        ({"partner_reference": "a\n"}, "/partner_reference", "invalid"),
        ({"partner_reference": "x" * 65}, "/partner_reference", "max-length"),
        ({"partner_reference": ["a"]}, "/partner_reference", "invalid"),
        ({"partner_reference": {"a": 1}}, "/partner_reference", "invalid"),
        ({**BODY, "partner": "x"}, "/partner", "unknown-field"),
        ({**BODY, "expires_at": "2099-01-01"}, "/expires_at", "unknown-field"),
        ({**BODY, "a/b~c": 1}, "/a~1b~0c", "unknown-field"),
        ([], "", "invalid"),
        ("text", "", "invalid"),
        (3, "", "invalid"),
    ],
)
def test_a_wrong_field_is_pointed_at_and_nothing_is_made(body, pointer, code):
    answer = an_api().post("entries", json.dumps(body), "k")
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (400, "invalid-fields")
    assert {"pointer": pointer, "code": code}.items() <= found["errors"][0].items()
    assert not EntryLink.objects.exists()


def test_unknown_and_wrong_fields_are_told_together():
    body = {"phone": "x", "nickname": 1, "consent": {"given_at": "never", "by": "me"}}
    answer = an_api().post("leads", json.dumps(body), "k")
    told = {each["pointer"]: each["code"] for each in problem(answer)["errors"]}
    assert told == {
        "/partner_reference": "required",
        "/name": "required",
        "/phone": "invalid",
        "/nickname": "unknown-field",
        "/consent/given_at": "invalid",
        "/consent/reference": "required",
        "/consent/text_sha256": "required",
        "/consent/by": "unknown-field",
    }


def test_all_objects_that_a_body_names_in_vain_are_told_together():
    consent = {
        "given_at": "2026-03-03T02:00:00Z",
        "reference": "proof",
        "text_sha256": "a" * 64,
    }
    body = {
        "partner_reference": "visit-1",
        "lead": str(uuid4()),
        "outlet": str(uuid4()),
        "purpose": "dancing",
        "starts_at": "2026-03-05T02:00:00Z",
        "consent": consent,
    }
    answer = an_api().post("appointments", json.dumps(body), "k")
    told = [each["pointer"] for each in problem(answer)["errors"]]
    assert told == ["/lead", "/outlet", "/purpose"]


def test_an_act_without_a_body_takes_no_fields():
    partner = a_partner()
    hook, api = a_webhook(partner), an_api(partner)
    answer = api.post(f"webhooks/{hook.ref}/secret", '{"secret": "mine"}', "k")
    found = problem(answer)
    assert (answer.status_code, found["errors"][0]["pointer"]) == (400, "/secret")
    assert api.post(f"webhooks/{hook.ref}/secret", "[1]", "k").status_code == 400
    assert api.post(f"webhooks/{hook.ref}/secret", "{", "k").status_code == 400
    assert api.post(f"webhooks/{hook.ref}/secret", "", "k").status_code == 200


def test_an_etag_counts_where_it_is_sent():
    partner = a_partner()
    hook, api = a_webhook(partner), an_api(partner)
    tag = api.get(f"webhooks/{hook.ref}").headers["ETag"]
    path = f"webhooks/{hook.ref}/secret"
    stale = api.post(path, "{}", "k1", **{"If-Match": '"x"'})
    assert (stale.status_code, problem(stale)["code"]) == (412, "precondition-failed")
    assert api.post(path, "{}", "k2", **{"If-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("entries", lambda partner: a_link(a_client(partner, name="more")[0])),
        ("campaigns", a_campaign),
        ("leads", a_lead),
        ("appointments", lambda partner: an_appointment(a_lead(partner))),
        ("enquiries", an_enquiry),
        ("remarks", a_remark),
    ],
)
def test_an_object_is_found_by_the_name_that_its_institution_gave_it(path, make):
    partner = a_partner()
    api, row = an_api(partner), make(partner)
    found = api.get(path, {"partner_reference": row.partner_reference}).json()["data"]
    assert [each["ref"] for each in found] == [str(row.ref)]
    assert api.get(path, {"partner_reference": "no-such"}).json()["data"] == []
    other = an_api(a_partner("乙"))
    assert other.get(path, {"partner_reference": row.partner_reference}).json()["data"] == []
    for wrong in ("", "a b", "x" * 65):
        answer = api.get(path, {"partner_reference": wrong})
        assert (answer.status_code, problem(answer)["code"]) == (400, "invalid-parameter")


def test_a_link_is_read_again_by_its_ref():
    api = an_api()
    made = api.post("entries", json.dumps(BODY), "k")
    again = api.get(f"entries/{made.json()['ref']}")
    assert (again.json(), again.headers["ETag"]) == (made.json(), made.headers["ETag"])
    known = api.get(f"entries/{made.json()['ref']}", **{"If-None-Match": made.headers["ETag"]})
    assert known.status_code == 304
    assert an_api().get(f"entries/{made.json()['ref']}").status_code == 404


@pytest.mark.parametrize(("minutes", "status"), [(4, 201), (6, 400)])
def test_a_clock_that_runs_ahead_a_little_is_borne(minutes, status):
    given_at = clock.now() + timedelta(minutes=minutes)
    body = {
        "partner_reference": "lead-1",
        "name": "欧阳映雪",
        "phone": "13800138000",
        "consent": {
            "given_at": given_at.isoformat(),
            "reference": "proof",
            "text_sha256": "a" * 64,
        },
    }
    assert an_api().post("leads", json.dumps(body), "k").status_code == status


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff", "malformed-body"),
        (b'{"a":1,"a":1}', "malformed-body"),
        (b"[" * 30_000, "malformed-body"),
        (b" " * 70_000, "body-too-large"),
        (b'{"partner_reference": "\\ud800"}', "malformed-body"),
    ],
)
def test_a_body_without_one_clear_meaning_is_refused(raw, code):
    answer = an_api().post("entries", raw, "k")
    assert problem(answer)["code"] == code
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("query", ["x=1", "limit=1&limit=2", "status=a", "cursor=%00", "limit"])
def test_unknown_and_repeated_parameters_are_refused(query):
    api = an_api()
    answer = api.client.get(f"/api/v1/entries?{query}", headers=api.headers)
    assert answer.status_code == 400
    assert problem(answer)["code"] in ("invalid-parameter", "invalid-cursor")


def test_answers_are_never_kept_by_caches():
    assert an_api().get("me").headers["Cache-Control"] == "no-store"
    assert Api().get("me").headers["Cache-Control"] == "no-store"


def test_limits_are_told_and_kept(monkeypatch):
    monkeypatch.setattr(base.PartnerViewSet, "client_limit", limits.Limit("client", 3, 3600))
    api = an_api()
    told = [api.get("me").headers["RateLimit"] for _ in range(3)]
    assert ["r=2" in told[0], "r=1" in told[1], "r=0" in told[2]] == [True] * 3
    answer = api.get("me")
    assert (answer.status_code, problem(answer)["code"]) == (429, "rate-limited")
    assert int(answer.headers["Retry-After"]) > 0
    assert '"client";q=3;w=3600' in answer.headers["RateLimit-Policy"]
    assert an_api().get("me").status_code == 200, "another client has its own window"


def test_guessing_tokens_is_limited_by_address(monkeypatch):
    monkeypatch.setattr(base.PartnerViewSet, "address_limit", limits.Limit("address", 3, 3600))
    answers = [Api("guess").get("me").status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]


def test_a_failure_of_ours_is_a_problem_without_its_cause(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret 13800138000")

    monkeypatch.setattr("partners.api.views.make_entry_link", fail)
    answer = an_api().post("entries", json.dumps(BODY), "k")
    assert (answer.status_code, problem(answer)["code"]) == (500, "internal-error")
    assert b"secret" not in answer.content


def test_a_lost_database_is_a_pause_and_not_a_failure(monkeypatch):
    from django.db import OperationalError

    def fail(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("partners.api.views.make_entry_link", fail)
    answer = an_api().post("entries", json.dumps(BODY), "k")
    assert (answer.status_code, problem(answer)["retryable"]) == (503, True)
    assert answer.headers["Retry-After"] == "2"


def test_a_post_without_a_key_is_refused():
    for key in ("", "k" * 256, "with blank", "ü"):
        answer = an_api().post("entries", json.dumps(BODY), **{"Idempotency-Key": key})
        assert (answer.status_code, problem(answer)["code"]) == (400, "idempotency-key-missing")
    assert not EntryLink.objects.exists()


def test_the_same_request_again_has_one_effect_and_the_same_answer():
    api = an_api()
    first = api.post("entries", json.dumps(BODY), "k")
    again = api.post("entries", json.dumps(BODY), "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert EntryLink.objects.count() == 1
    assert Entry.objects.filter(kind="partners.entry_link_made").count() == 1


def test_a_key_belongs_to_one_body():
    api = an_api()
    api.post("entries", json.dumps(BODY), "k")
    answer = api.post("entries", json.dumps({"partner_reference": "other"}), "k")
    assert (answer.status_code, problem(answer)["code"]) == (422, "idempotency-key-reused")


def test_a_key_belongs_to_one_client():
    assert an_api().post("entries", json.dumps(BODY), "k").status_code == 201
    assert an_api().post("entries", json.dumps(BODY), "k").status_code == 201


def test_a_refused_request_may_be_corrected_with_the_same_key():
    api = an_api()
    assert api.post("entries", "{}", "k").status_code == 400
    assert api.post("entries", json.dumps(BODY), "k").status_code == 201


def test_a_reference_that_is_used_conflicts():
    api = an_api()
    api.post("entries", json.dumps(BODY), "k1")
    answer = api.post("entries", json.dumps(BODY), "k2")
    assert (answer.status_code, problem(answer)["code"]) == (409, "conflict")
