"""The OpenAPI document against the code: addresses, examples, answers, and hostile input."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage.core.api.catalogue import PROBLEMS
from partners.api.answers import METHODS
from partners.api.document import document
from partners.models import WebhookEndpoint
from partners.states import EventKind
from tests.api.schema_check import problems_of, values_of
from tests.api.test_closed_by_default import API as ROUTES
from tests.branches.factories import make_unit
from tests.partners.factories import (
    Api,
    a_campaign,
    a_client,
    a_dispute,
    a_lead,
    a_link,
    a_material,
    a_partner,
    a_remark,
    a_scenario,
    a_statement,
    a_webhook,
    an_appointment,
    an_enquiry,
    token_for,
)
from tests.products.factories import a_product

API: list[tuple[str, Any]] = list(ROUTES)
PROBLEM = {"$ref": "#/components/schemas/Problem"}
PATHS: dict[str, Any] = document()["paths"]
OPERATIONS = [
    (method, path, entry)
    for path, item in PATHS.items()
    for method, entry in item.items()
    if method in METHODS
]
IDS = [f"{method} {path}" for method, path, _entry in OPERATIONS]
STRANGE: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def test_every_address_and_method_stands_in_the_document_and_no_other():
    real = {
        (method, "/" + route.removeprefix("api/v1/").replace("<uuid:ref>", "{ref}"))
        for route, pattern in API
        for method in pattern.callback.actions
        if method in METHODS
    }
    told = {(method, path) for method, path, _entry in OPERATIONS} - {("post", "/oauth/token")}
    assert real == told


def test_the_document_marks_exactly_the_deprecated_operations():
    marked = {(method, path) for method, path, entry in OPERATIONS if entry.get("deprecated")}
    announced = {
        (method, "/" + route.removeprefix("api/v1/").replace("<uuid:ref>", "{ref}"))
        for route, pattern in API
        for method, action in pattern.callback.actions.items()
        if method in METHODS and action in pattern.callback.cls.deprecated
    }
    assert marked == announced


def test_the_scopes_in_the_document_are_those_that_the_code_asks_for():
    asked = {
        (method, "/" + route.removeprefix("api/v1/").replace("<uuid:ref>", "{ref}")): str(
            pattern.callback.cls.scopes[action]
        )
        for route, pattern in API
        for method, action in pattern.callback.actions.items()
    }
    for method, path, entry in OPERATIONS:
        if path == "/oauth/token":
            continue
        oauth = [scope for each in entry.get("security", []) for scope in each["oauth"]]
        assert oauth == ([asked[method, path]] if asked[method, path] else []), path


def test_operations_have_names_of_their_own_and_words_in_both_languages():
    names = [entry["operationId"] for _method, _path, entry in OPERATIONS]
    assert len(set(names)) == len(names)
    for _method, path, entry in OPERATIONS:
        assert entry["summary"].isascii(), path
        assert re.search("[\u4e00-\u9fff]", entry["x-zh"]), path


def test_the_kinds_of_events_are_those_of_the_code():
    assert document()["components"]["schemas"]["Kind"]["enum"] == EventKind.values


def examples() -> Iterator[tuple[str, Any, Any]]:
    """Each schema of the document with its example."""

    def walk(node: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
        if isinstance(node, dict):
            if "schema" in node and "example" in node:
                yield where, node["schema"], node["example"]
            for key, inner in node.items():
                yield from walk(inner, f"{where}/{key}")
        elif isinstance(node, list):
            for index, inner in enumerate(node):
                yield from walk(inner, f"{where}/{index}")

    yield from walk({key: document()[key] for key in ("paths", "components", "webhooks")}, "")


def test_every_example_fits_its_schema_and_every_answer_has_one():
    found = list(examples())
    assert len(found) > 25
    assert [(where, wrong) for where, s, e in found if (wrong := problems_of(e, s))] == []
    bodies = [
        answer["content"]["application/json"]
        for _m, _p, entry in OPERATIONS
        for answer in entry["responses"].values()
        if "application/json" in answer.get("content", {})
    ]
    assert all("example" in body for body in bodies)
    lists = [body["example"]["data"] for body in bodies if "data" in body["example"]]
    assert len(lists) > 10
    assert all(lists), "a list shows what is in it"


def test_every_body_that_is_sent_has_an_example():
    bodies = [
        (path, content)
        for _method, path, entry in OPERATIONS
        for content in entry.get("requestBody", {}).get("content", {}).values()
    ]
    assert [path for path, content in bodies if "example" not in content] == []


def test_every_refusal_has_an_example_for_each_of_its_codes():
    told = {
        code: (int(status), problems_of(shown["value"], PROBLEM))
        for name, answer in document()["components"]["responses"].items()
        if (status := name.removeprefix("Problem")).isdigit()
        for code, shown in answer["content"]["application/problem+json"]["examples"].items()
    }
    assert told == {code: (kind.status, []) for code, kind in PROBLEMS.items()}


def test_every_operation_lists_its_refusals_and_its_headers():
    for method, path, entry in OPERATIONS:
        answers = entry["responses"]
        assert {"400", "401", "403", "429"} <= answers.keys(), path
        if "{ref}" in path:
            assert "404" in answers, path
        if method == "post" and path != "/oauth/token":
            assert {"409", "413", "415", "422"} <= answers.keys(), path
        for answer in answers.values():
            told = answer
            if "$ref" in answer:
                told = document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
            assert {"X-Request-Id", "RateLimit", "RateLimit-Policy"} <= told["headers"].keys()


@pytest.fixture
def house(db: None) -> tuple[Api, dict[str, str]]:
    """A caller with one object of each kind; by collection its ref."""
    partner = a_partner()
    client, secret = a_client(partner)
    a_link(client)
    refs = {
        "outlets": make_unit().ref,
        "campaigns": a_campaign(partner).ref,
        "entries": a_link(client, "second").ref,
        "products": a_product().ref,
        "leads": (lead := a_lead(partner, client=client)).ref,
        "appointments": an_appointment(lead).ref,
        "enquiries": an_enquiry(partner, api_client=client).ref,
        "webhooks": a_webhook(partner).ref,
        "statements": (statement := a_statement(partner, released=True)).ref,
        "remarks": a_remark(partner, api_client=client).ref,
        "materials": a_material(partner).ref,
        "disputes": a_dispute(statement=statement, client=client, line=None).ref,
        "scenarios": a_scenario(partner).ref,
        "applications": uuid4(),
    }
    return Api(token_for(secret)), {name: str(ref) for name, ref in refs.items()}


def filled(path: str, refs: dict[str, str]) -> str:
    return path[1:].replace("{ref}", refs.get(path.split("/")[1], ""))


def check_answer(entry: dict[str, Any], answer: Any) -> list[str]:
    """What is wrong with an answer by its own description."""
    told = entry["responses"].get(str(answer.status_code))
    if told is None:
        return [f"{answer.status_code} is not described"]
    if "$ref" in told:
        told = document()["components"]["responses"][told["$ref"].rpartition("/")[2]]
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind not in ("application/json", "application/problem+json"):
        is_file = answer.streaming or not answer.content
        return [] if is_file or kind.startswith("image/") else [f"{kind}?"]
    content = told.get("content", {}).get(kind)
    return problems_of(answer.json(), content["schema"]) if content else [f"{kind}?"]


@pytest.mark.parametrize(("method", "path", "entry"), OPERATIONS, ids=IDS)
def test_real_answers_fit_the_document(house, method, path, entry):
    api, refs = house
    address = filled(path, refs)
    body: dict[str, Any] = next(
        iter(entry.get("requestBody", {}).get("content", {}).values()), {"example": {}}
    ).get("example", {})
    if method == "get":
        data = {"purpose": "open_account"} if path.endswith("/slots") else None
        answer = api.get(address, data)
    elif path == "/oauth/token":
        answer = api.client.post(f"/api/v1/{address}", {"grant_type": "client_credentials"})
    elif method == "post":
        body |= {
            "/campaigns": {"outlet": refs["outlets"]},
            "/disputes": {"statement": refs["statements"]},
        }.get(path, {})
        answer = api.post(address, json.dumps(body), "key")
    elif method == "patch":
        answer = patch(api, address, json.dumps(body), "*")
        assert answer.status_code == 200
    else:
        answer = api.client.delete(f"/api/v1/{address}", headers=api.headers)
    assert check_answer(entry, answer) == []
    assert answer.status_code < 500


def patch(api: Api, address: str, body: str, match: str) -> Any:
    return api.client.patch(
        f"/api/v1/{address}",
        body,
        content_type="application/json",
        headers=api.headers | {"If-Match": match},
    )


def hostile(entry: dict[str, Any]) -> Any:
    """Bodies that fit the schema, nearly fit it, or are anything at all."""
    content = entry.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return STRANGE
    return values_of(content["schema"]) | values_of(content["schema"], wild=STRANGE) | STRANGE


@pytest.mark.parametrize(
    ("method", "path", "entry"),
    [one for one in OPERATIONS if one[0] in ("post", "patch") and one[1] != "/oauth/token"],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_no_body_makes_us_fail(house, method, path, entry):
    api, refs = house

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(body=hostile(entry), match=st.sampled_from(["*", '"x"', ""]))
    def send(body: Any, match: str) -> None:
        address, raw = filled(path, refs), json.dumps(body)
        if method == "patch":
            answer = patch(api, address, raw, match)
        else:
            answer = api.post(address, raw, uuid4().hex, **{"If-Match": match})
        assert answer.status_code < 500 or answer.status_code == 503, answer.content
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert check_answer(entry, answer) == []

    send()


@pytest.mark.parametrize("path", [p for m, p, _e in OPERATIONS if m == "get"])
def test_no_query_makes_us_fail(house, path):
    api, refs = house
    names = ["limit", "cursor", "after", "purpose", "from", "days", "x", ""]
    names += ["status", "updated_since", "to"]

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(query=st.dictionaries(st.sampled_from(names), st.text(max_size=24), max_size=3))
    def send(query: dict[str, str]) -> None:
        sent = {name: value.encode("utf-8", "replace") for name, value in query.items()}
        answer = api.get(filled(path, refs), sent)
        assert answer.status_code < 500, (query, answer.content)

    send()


def test_the_page_explains_every_operation_in_both_languages(client, db):
    for language, word in (("en", "Quick start"), ("zh-hans", "快速上手")):
        page = client.get("/partner-api/", headers={"accept-language": language}).content.decode()
        assert word in page
        for method, path, entry in OPERATIONS:
            assert f"{method.upper()} {path}" in page
            assert (entry["summary"] if language == "en" else entry["x-zh"]) in page
    told = client.get("/partner-api/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    api = told["servers"][0]["url"]
    assert api.endswith("/api/v1")
    flow = told["components"]["securitySchemes"]["oauth"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{api}/oauth/token"


@pytest.mark.django_db(transaction=True)
def test_the_quick_start_runs_as_it_stands_on_the_page(live_server, client):
    _client, secret = a_client()
    page = client.get("/partner-api/", headers={"host": live_server.url.removeprefix("http://")})
    assert WebhookEndpoint.objects.count() == 0
    script = "\n".join(["set -e", *page.context["steps"]])
    connection.close()
    done = subprocess.run(
        ["bash", "-c", script],
        env={
            "PATH": "/usr/bin:/bin",
            "CLIENT_ID": secret.client_id,
            "CLIENT_SECRET": secret.client_secret,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert '"scopes"' in done.stdout
    assert "/open/?entry=" in done.stdout
    assert '"data"' in done.stdout


def test_the_resolver_knows_the_page():
    assert "partners" in get_resolver().namespace_dict
