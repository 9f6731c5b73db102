"""Files in pieces as a script of our pages sends them, for real purposes, up to what is shown."""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.test import Client, TestCase

from accounts.files import IDENTITY_DOCUMENT, RECORDING
from accounts.states import Status as Applied
from brokerage.core import clock
from brokerage.customers.files import ATTACHMENT
from brokerage.files.models import StoredFile
from brokerage.files.use_cases.check_file import check
from suitability.files import CLASS_EVIDENCE
from tests.accounts.factories import a_complete_draft, an_application
from tests.customers.factories import a_customer
from tests.files.factories import jpeg, pdf, webm
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
VIDEO = webm(bytes(300_000))
UPLOADS = "/files/uploads/"


@pytest.fixture
def draft():
    return a_complete_draft(a_customer("+8613900009001"), at=clock.now() - timedelta(minutes=5))


@pytest.fixture
def client(draft) -> Client:
    return sign_in(Client(headers={"accept-language": "en"}), draft.customer.user)


def begin(client: Client, purpose: str, owner: object, **more: object):
    return client.post(UPLOADS, {"purpose": purpose, "owner": str(owner), **more})


def put(client: Client, to: str, number: int, content: bytes, **headers: str):
    return client.put(f"{to}{number}/", content, "application/octet-stream", headers=headers)


def finish(client: Client, to: str, content: bytes, parts: int = 1):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(to, {"parts": parts, "sha256": sha256(content).hexdigest()})


@pytest.mark.parametrize(
    ("purpose", "content", "owner"),
    [
        (IDENTITY_DOCUMENT, jpeg((300, 200)), "application"),
        (RECORDING, VIDEO, "application"),
        (CLASS_EVIDENCE, pdf(), "customer"),
        (ATTACHMENT, jpeg((300, 200)), "customer"),
    ],
)
def test_each_purpose_takes_a_file_and_shows_it_to_its_owner_only(
    client, draft, purpose, content, owner
):
    ref = draft.ref if owner == "application" else draft.customer.ref
    opened = begin(client, purpose, ref, size=len(content))
    assert opened.status_code == 201, opened.content
    addresses = opened.json()
    half = len(content) // 2
    assert put(client, addresses["upload"], 0, content[:half]).json()["next"] == 1
    assert put(client, addresses["upload"], 1, content[half:]).json()["received"] == len(content)
    done = finish(client, addresses["finish"], content, parts=2)
    assert done.status_code == 201, done.content
    address = f"/files/{done.json()['file']}"
    assert client.get(address).status_code == 404  # not checked yet

    with TestCase.captureOnCommitCallbacks(execute=True):
        check(ref=done.json()["file"], at=clock.now())
    shown = client.get(address)
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content)
    other = sign_in(Client(), a_customer("+8613900009002").user)
    assert other.get(address).status_code == 404


def test_a_line_that_broke_goes_on_where_it_stopped(client, draft):
    to = begin(client, RECORDING, draft.ref).json()
    put(client, to["upload"], 0, VIDEO[:1000])
    early = put(client, to["upload"], 2, VIDEO[2000:])
    assert early.status_code == 409
    assert early.json()["code"] == "part_missing"
    assert early.json()["next"] == 1
    assert early.json()["detail"].startswith("A piece of this file is missing")
    assert client.get(to["upload"]).json() == {
        **to,
        "next": 1,
        "received": 1000,
    }


def test_a_piece_that_does_not_fit_its_digest_is_not_kept(client, draft):
    to = begin(client, RECORDING, draft.ref).json()
    digest = base64.b64encode(sha256(b"another").digest()).decode()
    answer = put(client, to["upload"], 0, VIDEO, **{"content-digest": f"sha-256=:{digest}:"})
    assert (answer.status_code, answer.json()["code"]) == (409, "part_differs")
    right = base64.b64encode(sha256(VIDEO).digest()).decode()
    assert (
        put(client, to["upload"], 0, VIDEO, **{"content-digest": f"sha-256=:{right}:"}).status_code
        == 200
    )


def test_nobody_sends_for_somebody_else(client, draft):
    other = an_application("submitted", customer=a_customer("+8613900009002"))
    assert begin(client, RECORDING, other.ref).status_code == 404
    assert begin(client, RECORDING, uuid4()).status_code == 404
    assert begin(client, "accounts.nothing", draft.ref).status_code == 404
    assert begin(client, RECORDING, "no ref").status_code == 404
    mine = begin(client, RECORDING, draft.ref).json()
    assert other.customer.user is not None
    stranger = sign_in(Client(), other.customer.user)
    assert stranger.get(mine["upload"]).status_code == 404
    assert put(stranger, mine["upload"], 0, VIDEO).status_code == 404
    assert stranger.delete(mine["upload"]).status_code == 404


def test_after_sending_the_application_no_file_is_added(client, draft):
    draft.move_to(Applied.WITHDRAWN)
    draft.ended_at = clock.now()
    draft.save()
    assert begin(client, RECORDING, draft.ref).status_code == 404


def test_giving_up_removes_it(client, draft):
    to = begin(client, RECORDING, draft.ref).json()
    put(client, to["upload"], 0, VIDEO)
    assert client.delete(to["upload"]).status_code == 204
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "content", "code"),
    [(IDENTITY_DOCUMENT, VIDEO, "type"), (RECORDING, jpeg(), "type")],
)
def test_a_purpose_takes_its_own_kinds_only(client, draft, purpose, content, code):
    to = begin(client, purpose, draft.ref).json()
    answer = put(client, to["upload"], 0, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_numbers_that_are_none_are_told(client, draft):
    assert begin(client, RECORDING, draft.ref, size="many").status_code == 400
    to = begin(client, RECORDING, draft.ref).json()
    assert client.post(to["finish"], {"parts": "x", "sha256": ""}).status_code == 400
