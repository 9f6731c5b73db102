"""The OpenAPI document and the page that explains the API to engineers of institutions."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core.display.languages import reads_english
from partners.api.answers import METHODS, TOKEN, completed
from partners.use_cases.scenarios import is_playable

FILE = Path(__file__).with_name("openapi.yaml")

QUICK_START = (
    """API="{api}"
TOKEN=$(curl -s -u "$CLIENT_ID:$CLIENT_SECRET" \\
  -d grant_type=client_credentials "$API/oauth/token" \\
  | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')""",
    """curl -s -H "Authorization: Bearer $TOKEN" "$API/me\"""",
    """curl -s -X POST "$API/entries" -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" -H "Idempotency-Key: first-link" \\
  -d '{{"partner_reference": "my-first-link"}}'""",
    """curl -s -H "Authorization: Bearer $TOKEN" "$API/events?after=0\"""",
)
"""Commands of the quick start in their order; tests/api/test_openapi.py runs them."""
SCENARIO = """curl -s -X POST "$API/scenarios" -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" -H "Idempotency-Key: first-scenario" \\
  -d '{{"scenario": "lead_becomes_account"}}'"""
"""One step more where a sandbox plays scenarios."""


@dataclass(frozen=True)
class Operation:
    """One line of the table of operations."""

    method: str
    path: str
    summary: str
    scope: str


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return completed(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def document_of(api: str) -> dict[str, Any]:
    """The document for the house whose API stands at `api`, with addresses that are whole."""
    made = deepcopy(document())
    made["servers"] = [{"url": api}]
    flows = made["components"]["securitySchemes"]["oauth"]["flows"]
    flows["clientCredentials"]["tokenUrl"] = f"{api}{TOKEN}"
    return made


def operations() -> list[Operation]:
    """Every operation, in the language of the reader."""
    word = "summary" if reads_english() else "x-zh"
    return [
        Operation(method.upper(), path, entry[word], _scope(entry))
        for path, item in document()["paths"].items()
        for method, entry in item.items()
        if method in METHODS
    ]


def _scope(entry: dict[str, Any]) -> str:
    asked = [scope for each in entry.get("security", []) for scope in each.get("oauth", [])]
    return ", ".join(asked)


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document as JSON, with this house's address; for everybody."""
    response = JsonResponse(document_of(request.build_absolute_uri("/api/v1")))
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Five minutes to the first call, and every operation; for everybody."""
    api = request.build_absolute_uri("/api/v1")
    commands = (*QUICK_START, SCENARIO) if is_playable() else QUICK_START
    steps = [step.format(api=api) for step in commands]
    return render(request, "partners/api.html", {"steps": steps, "operations": operations()})
