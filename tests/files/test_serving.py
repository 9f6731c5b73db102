"""Files in the browser: for whom they exist, and what they cannot do there."""

from __future__ import annotations

import re
import uuid

import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from brokerage.files.frames import FRAME, FileDamaged
from brokerage.files.models import StoredFile
from brokerage.files.serving import serve
from brokerage.files.use_cases.dispose_file import dispose
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.users.models import User
from tests.conftest import MONDAY
from tests.files.factories import OWNER, SENDER, STRANGER, checked, jpeg, mp4, pdf, stored
from tests.users.factories import make_customer_user, make_staff_user, sign_in

pytestmark = pytest.mark.django_db
VIDEO = mp4(bytes(range(256)) * 1000)


def get(file: StoredFile, **headers: str):
    return serve(RequestFactory().get("/", headers=headers), file, at=MONDAY)


def body(response) -> bytes:
    return response.getvalue()


def test_an_image_is_its_clean_copy_and_cannot_act(photos):
    file = checked(jpeg())
    response = get(file)
    assert body(response).startswith(b"\xff\xd8\xff")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Content-Disposition"].startswith('inline; filename="')
    assert int(response["Content-Length"]) == file.copies.get().size


def test_a_pdf_is_only_offered_as_a_download(photos):
    assert get(checked(pdf()))["Content-Disposition"].startswith("attachment; ")


def test_a_purpose_may_say_that_nothing_is_shown_in_the_page(register):
    register(inline=False)
    assert get(checked(jpeg()))["Content-Disposition"].startswith("attachment; ")


def test_what_is_not_checked_or_gone_is_not_found(photos):
    disposed = checked(mp4())
    dispose(file=disposed, actor=SENDER, at=MONDAY, reason="test")
    for file in (stored(jpeg()), checked(jpeg()[:300]), disposed):
        with pytest.raises(Http404):
            get(file)


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, len(VIDEO) - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        (f"bytes={FRAME - 5}-{FRAME + 5}", FRAME - 5, FRAME + 5),
        (f"bytes={FRAME}-", FRAME, len(VIDEO) - 1),
        ("bytes=-10", len(VIDEO) - 10, len(VIDEO) - 1),
        ("bytes=-99999999", 0, len(VIDEO) - 1),
        ("bytes=5-99999999", 5, len(VIDEO) - 1),
    ],
)
def test_a_part_of_a_video_is_sent(photos, wanted, first, last):
    response = get(checked(VIDEO), Range=wanted)
    assert body(response) == VIDEO[first : last + 1]
    whole = (first, last) == (0, len(VIDEO) - 1)
    assert response.status_code == (200 if whole else 206)
    assert int(response["Content-Length"]) == last - first + 1
    if not whole:
        assert response["Content-Range"] == f"bytes {first}-{last}/{len(VIDEO)}"


@pytest.mark.parametrize("wanted", [f"bytes={len(VIDEO)}-", "bytes=-0", "bytes=99999999-"])
def test_a_part_that_does_not_exist_is_a_416(photos, wanted):
    response = get(checked(VIDEO), Range=wanted)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(VIDEO)}")


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "bytes=",
        "bytes=-",
        "lines=0-1",
        "bytes=0-1,5-6",
        "bytes=9-3",
        "bytes=a-b",
        "bytes=" + "9" * 40 + "-",
    ],
)
def test_a_range_that_cannot_be_read_means_the_whole(photos, wanted):
    response = get(checked(VIDEO), Range=wanted)
    assert (response.status_code, body(response)) == (200, VIDEO)


def test_damage_is_found_before_a_byte_is_sent(photos, folder):
    file = checked(VIDEO)
    path = folder._path(str(file.name))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(FileDamaged):
        get(file)
    path.write_bytes(whole[:50] + b"x" + whole[51:])
    with pytest.raises(FileDamaged):
        get(file)
    path.unlink()
    with pytest.raises(FileDamaged):
        get(file)


def test_damage_further_on_breaks_off_instead_of_sending_it(photos, folder):
    file = checked(VIDEO)
    path = folder._path(str(file.name))
    data = bytearray(path.read_bytes())
    data[2 * FRAME] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileDamaged):
        body(get(file))


def test_looking_at_another_persons_file_is_journalled_once(photos):
    file = checked(VIDEO)
    looker = Actor("user", uuid.uuid4(), "Reviewer")
    for wanted in ("bytes=0-9", "bytes=10-19"):
        request = RequestFactory().get("/", headers={"Range": wanted})
        serve(request, file, at=MONDAY, revealed_to=looker, reason="compare with the card")
    entry = Entry.objects.get(kind="files.file_served")
    assert (entry.subject_ref, entry.actor_ref) == (file.ref, looker.ref)
    assert entry.reason == "compare with the card"


def without_ids(page: bytes) -> str:
    """A page without the address asked for and the request's id, which differ by themselves."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "…", page.decode())


@pytest.fixture
def customer(client: Client) -> User:
    user = make_customer_user()
    sign_in(client, user)
    return user


def test_the_address_serves_what_the_owning_app_lets_one_see(register, client, customer):
    register(owners=lambda user: [OWNER] if user == customer else [])
    mine, other = checked(jpeg()), checked(jpeg(), owner=STRANGER)
    assert client.get(f"/files/{mine.ref}").status_code == 200
    assert not Entry.objects.filter(kind="files.file_served").exists()
    strange, none = client.get(f"/files/{other.ref}"), client.get(f"/files/{uuid.uuid4()}")
    assert strange.status_code == none.status_code == 404
    assert without_ids(strange.content) == without_ids(none.content)


def test_a_look_by_staff_is_journalled(register, client):
    reviewer = make_staff_user(roles=["reviewer"])
    register(owners=lambda user: [OWNER] if user == reviewer else [])
    sign_in(client, reviewer)
    file = checked(jpeg())
    assert client.get(f"/files/{file.ref}").status_code == 200
    assert Entry.objects.get(kind="files.file_served").actor_ref == reviewer.ref


def test_the_same_owner_ref_of_another_kind_of_owner_is_not_seen(register, client, customer):
    register()
    file = checked(jpeg())
    StoredFile.objects.update(owner_type="tests.other")
    assert client.get(f"/files/{file.ref}").status_code == 404


def test_nobody_sees_a_file_without_logging_in(photos, client):
    assert client.get(f"/files/{checked(jpeg()).ref}").status_code == 302


def test_a_file_is_never_changed_through_its_address(photos, client, customer):
    file = checked(jpeg())
    for method in (client.post, client.put, client.delete):
        assert method(f"/files/{file.ref}").status_code == 405
