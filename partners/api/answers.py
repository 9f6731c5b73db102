"""What every operation of the OpenAPI document answers alike: refusals, headers, lists.

Written once here, so that no operation forgets one. Each refusal is listed with its status and,
from the catalogue of problems, an example for each of its codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django.utils.translation import override

from brokerage.core.api.catalogue import PROBLEMS, ProblemType
from brokerage.core.api.problems import MEDIA_TYPE

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
EVERY = ("400", "401", "403", "406", "429", "500", "503")
"""Any operation may be refused so, whatever it is asked."""
OF_AN_OBJECT = ("404",)
OF_A_CHANGE = ("409",)
OF_A_BODY = ("413", "415")
OF_A_KEY = (*OF_A_BODY, "422")
OF_A_VERSION = ("412", "428")
TOKEN = "/oauth/token"  # noqa: S105 - an address

HEADERS: Document = {
    "X-Request-Id": {
        "description": "Name it when you ask us; you may send your own, 32 hex digits",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "RateLimit-Policy": {
        "description": "Each limit: q calls in w seconds",
        "schema": {"type": "string"},
        "example": '"address";q=1200;w=60, "client";q=600;w=60',
    },
    "RateLimit": {
        "description": "What is left of each limit: r calls, anew in t seconds",
        "schema": {"type": "string"},
        "example": '"address";r=1199;t=42, "client";r=599;t=42',
    },
    "Retry-After": {
        "description": "Seconds to wait; with 429, 503 and idempotency-key-in-progress",
        "schema": {"type": "integer"},
    },
    "Idempotent-Replayed": {
        "description": "true where the stored answer of an earlier POST is given again",
        "schema": {"const": "true"},
    },
    "Deprecation": {
        "description": "RFC 9745: since when an operation is deprecated; with Sunset and Link",
        "schema": {"type": "string"},
        "example": "@1782864000",
    },
}
ALWAYS = ("X-Request-Id", "RateLimit-Policy", "RateLimit", "Deprecation")


def completed(written: Document) -> Document:
    """The document with what its operations have in common."""
    made = deepcopy(written)
    shared = made["components"]["responses"]
    operations = list(_operations(made))
    single = [*shared.values()]
    single += [each for _m, _p, _i, entry in operations for each in entry["responses"].values()]
    examples = {_of(each): _example(each) for each in single if _of(each)}
    shared |= {f"Problem{status}": _refusal(status) for status in _statuses()}
    made["components"]["headers"] = HEADERS
    for method, path, item, entry in operations:
        answers = entry["responses"]
        if path != TOKEN:
            for status in _refusals(method, path, item, entry):
                answers.setdefault(status, _pointer("responses", f"Problem{status}"))
        for answer in answers.values():
            _show_an_object(answer, examples)
            _add_headers(answer)
        entry["responses"] = dict(sorted(answers.items()))
    for answer in shared.values():
        _add_headers(answer)
    return made


def _operations(made: Document) -> Iterator[tuple[str, str, Document, Document]]:
    """Method, path, what stands at the path, and the operation."""
    for path, item in made["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item, item[method]


def _refusals(method: str, path: str, item: Document, entry: Document) -> list[str]:
    """The statuses with which an operation may be refused."""
    asked = {
        each.get("$ref", "").rpartition("/")[2]
        for each in [*item.get("parameters", []), *entry.get("parameters", [])]
    }
    found = [*EVERY]
    if "ref" in asked or path.startswith("/scenarios"):
        found += OF_AN_OBJECT
    if method != "get":
        found += OF_A_CHANGE
    if "requestBody" in entry:
        found += OF_A_BODY
    if "key" in asked:
        found += OF_A_KEY
    if "version" in asked:
        found += OF_A_VERSION
    elif "seen" in asked:
        found += OF_A_VERSION[:1]
    return found


def _statuses() -> list[str]:
    return sorted({str(kind.status) for _code, kind in PROBLEMS.items()})


def _refusal(status: str) -> Document:
    """The answer of one status, with an example for each code that it may carry."""
    kinds = [kind for _code, kind in PROBLEMS.items() if str(kind.status) == status]
    shown = {
        "schema": _pointer("schemas", "Problem"),
        "examples": {kind.code: {"value": _told(kind)} for kind in kinds},
    }
    codes = ", ".join(kind.code for kind in kinds)
    return {"description": f"Refused: {codes}", "content": {MEDIA_TYPE: shown}}


def _told(kind: ProblemType) -> Document:
    """A problem document as an English reader gets it."""
    with override("en"):
        told: Document = {
            "type": f"https://example.com/api/problems/{kind.code}/",
            "title": str(kind.title),
            "status": kind.status,
            "detail": str(kind.advice),
            "code": kind.code,
            "retryable": kind.retryable,
            "request_id": "4f7c2a1b0d9e4c5f8a7b6c5d4e3f2a10",
        }
        if kind.code == "invalid-fields":
            told["errors"] = [
                {"pointer": "/phone", "code": "required", "detail": "This field is required."},
                {
                    "pointer": "/nickname",
                    "code": "unknown-field",
                    "detail": "There is no such field.",
                },
            ]
    return told


def _show_an_object(answer: Document, examples: dict[str, Any]) -> None:
    """An empty list of objects shows one, as the answer about a single one does."""
    content = answer.get("content", {}).get("application/json", {})
    if content.get("example", {}).get("data") == []:
        items = content["schema"]["allOf"][1]["properties"]["data"]["items"]
        content["example"] = {**content["example"], "data": [examples[items["$ref"]]]}


def _of(answer: Document) -> str:
    """The schema of an answer, by its address; empty where it has none of its own."""
    content = answer.get("content", {}).get("application/json", {})
    return str(content.get("schema", {}).get("$ref", ""))


def _example(answer: Document) -> Any:
    return answer["content"]["application/json"]["example"]


def _add_headers(answer: Document) -> None:
    if "$ref" in answer:
        return
    told = {name: _pointer("headers", name) for name in ALWAYS}
    content = answer.get("content", {})
    if MEDIA_TYPE in content:
        told["Retry-After"] = _pointer("headers", "Retry-After")
    else:
        told["Idempotent-Replayed"] = _pointer("headers", "Idempotent-Replayed")
    answer["headers"] = {**told, **answer.get("headers", {})}


def _pointer(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}
