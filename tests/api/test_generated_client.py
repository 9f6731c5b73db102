"""A client that is generated from the document is typed, and runs the quick start."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from partners.api.answers import METHODS
from partners.models import EntryLink
from tests.api.generated_client import Generator, TooLittle
from tests.partners.factories import a_client

QUICK_START = """
from client import Client, Entry


def run(client: Client) -> tuple[list[str], Entry, list[int]]:
    client.sign_in()
    me = client.me()
    made = client.create_entry(
        {"partner_reference": "my-first-link"}, idempotency_key="first-link"
    )
    changes = client.list_events(after=0)
    return me["scopes"], made, [change["number"] for change in changes["data"]]
"""
WRONG = """
from client import Client


def run(client: Client) -> None:
    client.create_entry({"reference": "x"}, idempotency_key="k")
    client.create_entry({"partner_reference": "x"})
    client.me()["nobody"]
"""


def generated(document: Any, folder: Path) -> Any:
    """The client as a module that was written into `folder`."""
    file = folder / "client.py"
    file.write_text(Generator(document).source(), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("client", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checked(folder: Path, script: str) -> list[str]:
    """What the type checker says of the client and a script that calls it."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    asked = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    done = subprocess.run(
        [*asked, f"--cache-dir={folder}", "client.py", "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout.splitlines()


def test_a_client_has_a_typed_method_for_every_operation(client, db, tmp_path):
    document = client.get("/partner-api/openapi.json").json()
    module = generated(document, tmp_path)
    operations = [
        entry
        for path, item in document["paths"].items()
        for method, entry in item.items()
        if method in METHODS and path != "/oauth/token"
    ]
    methods = [name for name in vars(module.Client) if not name.startswith("_")]
    assert len(methods) == len(operations) + 1, "and sign_in"
    assert checked(tmp_path, QUICK_START) == []
    wrong = checked(tmp_path, WRONG)
    assert {line.partition(":")[0] for line in wrong} == {"script.py"}
    assert len({line.split(":")[1] for line in wrong}) == 3, wrong


def test_a_document_that_says_too_little_makes_no_client(client, db, tmp_path):
    document = client.get("/partner-api/openapi.json").json()
    document["components"]["schemas"]["Me"]["properties"]["name"] = {"description": "A name"}
    with pytest.raises(TooLittle, match="MeName"):
        generated(document, tmp_path)


@pytest.mark.django_db(transaction=True)
def test_the_generated_client_runs_the_quick_start(live_server, client, tmp_path):
    _client, secret = a_client()
    host = live_server.url.removeprefix("http://")
    document = client.get("/partner-api/openapi.json", headers={"host": host}).json()
    module = generated(document, tmp_path)
    connection.close()
    caller = module.Client(document["servers"][0]["url"], secret.client_id, secret.client_secret)
    scope: dict[str, Any] = {}
    sys.modules["client"] = module
    try:
        exec(QUICK_START, scope)
    finally:
        del sys.modules["client"]
    scopes, made, numbers = scope["run"](caller)
    assert "entries:write" in scopes
    assert EntryLink.objects.get().partner_reference == made["partner_reference"]
    assert str(EntryLink.objects.get().ref) == made["ref"]
    assert numbers == sorted(numbers)
    with pytest.raises(module.Refused) as refused:
        caller.create_entry({"partner_reference": "my-first-link"}, idempotency_key="another")
    assert (refused.value.status, refused.value.problem["code"]) == (409, "conflict")
