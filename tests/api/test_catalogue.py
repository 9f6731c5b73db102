"""The list of problems: stable, complete, explained."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from brokerage.core.api.catalogue import PROBLEMS

# A code is a promise to partners: this table may grow, its lines may not change.
PROMISED = {
    "address-not-allowed": 403,
    "duplicate-lead": 409,
    "material-gone": 410,
    "time-not-available": 409,
    "body-too-large": 413,
    "conflict": 409,
    "forbidden": 403,
    "idempotency-key-in-progress": 409,
    "idempotency-key-missing": 400,
    "idempotency-key-reused": 422,
    "internal-error": 500,
    "invalid-cursor": 400,
    "invalid-fields": 400,
    "invalid-parameter": 400,
    "malformed-body": 400,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "not-authenticated": 401,
    "not-found": 404,
    "precondition-failed": 412,
    "precondition-required": 428,
    "rate-limited": 429,
    "unavailable": 503,
    "unsupported-media-type": 415,
}


def test_the_codes_and_their_statuses_are_as_promised():
    assert {code: kind.status for code, kind in PROBLEMS.items()} == PROMISED


@pytest.mark.parametrize("code", PROMISED)
def test_every_problem_has_words_in_both_languages(code):
    kind = PROBLEMS.get(code)
    with override("en"):
        english = (str(kind.title), str(kind.advice))
    with override("zh-hans"):
        chinese = (str(kind.title), str(kind.advice))
    assert all(text and text not in chinese for text in english)


@pytest.mark.parametrize("code", PROMISED)
def test_every_type_address_leads_to_a_page(code):
    page = Client().get(f"/api/problems/{code}/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert code in page.content.decode()


def test_a_program_gets_the_same_as_json():
    answer = Client().get("/api/problems/rate-limited/", headers={"Accept": "application/json"})
    assert answer.json()["retryable"] is True


def test_an_unknown_code_has_no_page():
    assert Client().get("/api/problems/no-such-code/").status_code == 404
