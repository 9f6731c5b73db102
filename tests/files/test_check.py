"""What the worker makes of files: clean copies, and refusals."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from brokerage.files.frames import FileDamaged
from brokerage.files.models import StoredFile, Usage
from brokerage.files.reading import open_stream
from brokerage.files.scanners import EICAR, ScannerUnavailable, set_scanner
from brokerage.files.use_cases.check_file import check
from brokerage.journal.models import Entry
from tests.conftest import MONDAY
from tests.files import factories
from tests.files.factories import SCRIPT, checked, jpeg, mp4, pdf, png, stored, webm, webp

pytestmark = pytest.mark.django_db


def content_of(file: StoredFile) -> bytes:
    shown = file.shown()
    assert shown is not None
    with open_stream(shown) as stream:
        return stream.read()


def image_of(file: StoredFile) -> Image.Image:
    return Image.open(io.BytesIO(content_of(file)))


@pytest.mark.parametrize("make", [jpeg, png, webp])
def test_an_image_is_shown_as_a_clean_jpeg(photos, make):
    file = checked(make())
    assert file.status == "derived"
    shown = file.shown()
    assert shown is not None
    assert (shown.original, shown.content_type, shown.owner_ref) == (
        file,
        "image/jpeg",
        file.owner_ref,
    )
    assert image_of(file).format == "JPEG"


def test_nothing_but_the_picture_survives(photos):
    photo = factories.photo_with_gps()
    assert b"Secret Camera" in photo
    assert SCRIPT in photo
    clean = content_of(checked(photo))
    for secret in (b"Secret", SCRIPT, b"profile", b"Exif", b"ICC"):
        assert secret not in clean
    image = Image.open(io.BytesIO(clean))
    assert not image.getexif()
    assert image.size == (40, 60)  # turned upright before the orientation was dropped


@pytest.mark.parametrize("tail", [SCRIPT, b"PK\x03\x04" + bytes(50), b"\n%PDF-1.4", pdf()])
def test_what_hangs_behind_an_image_is_dropped(photos, tail):
    assert tail not in content_of(checked(jpeg() + tail))


def test_a_large_image_is_scaled_down(photos):
    assert image_of(checked(jpeg((900, 300)))).size == (400, 133)


def test_transparency_becomes_white(photos):
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert image_of(checked(out.getvalue())).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_colour_mode_is_read(photos, mode):
    assert checked(png(mode=mode)).status == "derived"


def test_an_animation_is_shown_as_its_first_picture(photos):
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    shown = image_of(checked(out.getvalue()))
    assert getattr(shown, "n_frames", 1) == 1
    red, _green, blue = shown.getpixel((10, 10))  # type: ignore[misc]
    assert red > blue


def test_the_original_goes_where_its_purpose_says_so(register, names):
    register(keep_original=False)
    file = checked(jpeg())
    shown = file.shown()
    assert shown is not None
    assert (file.status, file.name, file.key) == ("disposed", None, None)
    assert names() == [shown.name]
    assert Usage.objects.get(scope="all").bytes == shown.size


def test_the_original_stays_sealed_where_its_purpose_says_so(photos, names):
    file = checked(jpeg())
    assert len(names()) == 2
    assert file.shown() != file


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (factories.png_claiming(20_000, 20_000), "too_many_pixels"),
        (factories.png_claiming(2_000_000, 1), "too_many_pixels"),
        (factories.png_claiming(1001, 1000), "too_many_pixels"),
        (factories.png_with_text_bomb(), "unreadable"),
        (jpeg()[:300], "unreadable"),
        (b"\xff\xd8\xff\xe0" + SCRIPT * 10, "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"<svg onload=alert(1)>" * 5, "unreadable"),
        (b"\xff\xd8\xff" + png(), "unreadable"),
        (b"RIFF\x20\x00\x00\x00WEBP" + SCRIPT * 5, "unreadable"),
        (mp4()[:-1], "unreadable"),
        (mp4() + SCRIPT, "unreadable"),
        (factories.box(b"ftyp", b"isom" + bytes(4)) + SCRIPT * 3, "unreadable"),
        (factories.box(b"ftyp", b"isom" + bytes(4)) + factories.box(b"mdat"), "unreadable"),
        (webm(open_end=False)[:-1], "unreadable"),
        (webm(open_end=False) + SCRIPT, "unreadable"),
        (webm()[:24] + SCRIPT * 3, "unreadable"),
        (pdf().replace(b"%%EOF", b""), "unreadable"),
        (pdf() + SCRIPT * 100, "unreadable"),
        (pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"), "active_content"),
        (pdf(b"<< /S /#4aavaScript >>"), "active_content"),
        (pdf(b"<< /S /Launch >>"), "active_content"),
        (pdf(bytes(262_100) + b"/JavaScript" + bytes(100)), "active_content"),
        (pdf(b"/EmbeddedFile"), "active_content"),
        (pdf(EICAR), "malware"),
        (mp4(bytes(65_500) + EICAR), "malware"),
    ],
)
def test_a_hostile_file_is_refused_and_its_bytes_removed(photos, names, content, why):
    file = checked(content)
    assert (file.status, file.refusal, file.shown()) == ("refused", why, None)
    assert names() == []
    assert Usage.objects.get(scope="all").bytes == 0
    entry = Entry.objects.get(kind="files.file_refused")
    assert entry.payload["why"] == why


@pytest.mark.parametrize("make", [mp4, webm, lambda: webm(open_end=False), pdf])
def test_videos_and_documents_are_shown_as_they_are(photos, make):
    file = checked(make())
    assert (file.status, content_of(file)) == ("checked", make())


def test_a_file_is_not_shown_before_its_check(photos):
    assert stored(jpeg()).shown() is None


def test_checking_twice_changes_nothing(photos, names):
    file = checked(jpeg())
    before = names()
    assert check(ref=file.ref, at=MONDAY) is None
    assert names() == before
    assert StoredFile.objects.count() == 2


def test_damage_found_by_the_check_leaves_the_file_unshown(photos, folder):
    file = stored(jpeg((300, 300)))
    path = folder._path(str(file.name))
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileDamaged):
        check(ref=file.ref, at=MONDAY)
    assert StoredFile.objects.get(pk=file.pk).status == "stored"


def test_without_a_verdict_the_file_waits(photos):
    class Down:
        def scan(self, stream: object) -> bool:
            raise ScannerUnavailable

    file = stored(jpeg())
    set_scanner(Down())
    try:
        with pytest.raises(ScannerUnavailable):
            check(ref=file.ref, at=MONDAY)
    finally:
        set_scanner(None)
    assert file.shown() is None
    assert check(ref=file.ref, at=MONDAY) is not None


def test_the_journal_tells_what_is_shown(photos):
    file = checked(jpeg())
    shown = file.shown()
    assert shown is not None
    entry = Entry.objects.get(kind="files.file_checked")
    assert (entry.subject_ref, entry.payload["shown_ref"]) == (file.ref, str(shown.ref))


def test_storing_asks_for_the_check(photos, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("brokerage.files.tasks.check_file.defer", lambda *, ref: asked.append(ref))
    file = stored(jpeg())
    assert asked == [str(file.ref)]
