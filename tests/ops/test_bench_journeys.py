"""What the bench of journeys makes up: people, cards and recordings that the portal takes."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from datetime import date

import pytest

from accounts.gateways.scenarios import Scenario, of_card
from bench.journeys_line import Line
from bench.journeys_people import CLIP, card_of, longer, person_of
from bench.journeys_usage import quantiles
from brokerage.core.identifiers import bank_card, resident_id
from brokerage.files.content import inspect


def test_everybody_has_another_valid_document_and_card() -> None:
    numbers = range(1, 8_000, 7)
    documents = {person_of(number)["id_number"] for number in numbers}
    cards = {card_of(number) for number in numbers}

    assert len(documents) == len(cards) == len(numbers)
    assert all(resident_id(each, on=date(2026, 3, 2)).value == each for each in documents)
    assert not any(bank_card(each).warnings for each in cards)
    assert {of_card(each) for each in cards} == {Scenario.SUCCESS}


def test_a_longer_recording_is_still_one() -> None:
    clip = longer(CLIP.read_bytes())

    assert len(clip) == 400_000
    inspect("video/webm", io.BytesIO(clip), len(clip))


def test_quantiles_of_few_times() -> None:
    assert quantiles([]) == {"p50_ms": 0.0, "p95_ms": 0.0, "p99_ms": 0.0}
    assert quantiles([4.0])["p99_ms"] == 4.0
    assert quantiles([float(each) for each in range(1, 102)])["p95_ms"] == 96.0


def answered(*pieces: bytes) -> Line:
    """A line to somebody who says this, piece by piece, to whatever comes, and leaves."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listening, listening.accept()[0] as line:
            line.recv(4_000)
            for piece in pieces:
                line.sendall(piece)

    threading.Thread(target=answer, daemon=True).start()
    line = Line("127.0.0.1", listening.getsockname()[1])
    line.request("POST", "/", b"x=1", {"Cookie": "a=b"})
    return line


def test_two_answers_on_one_line_in_pieces() -> None:
    line = answered(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2; Path=/\r\nConte",
        b"nt-Length: 5\r\n\r\nfi",
        b'rstHTTP/1.1 204 No Content\r\nETag: W/"1"\r\n\r\n',
    )

    first, second = line.getresponse(), line.getresponse()
    line.close()

    assert (first.status, first.read()) == (200, b"first")
    assert first.headers.get_all("Set-Cookie") == ["a=1", "b=2; Path=/"]
    assert first.headers["ETag"] is None
    assert (second.status, second.read(), second.headers["etag"]) == (204, b"", 'W/"1"')


def test_an_answer_in_chunks() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    line = answered(head + b"3\r\nabc\r", b"\n2;x=y\r\nde\r\n0\r\n\r\n")

    assert line.getresponse().read() == b"abcde"
    line.close()


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"", b"nonsense\r\n\r\n"]
)
def test_an_answer_that_breaks_off(said: bytes) -> None:
    line = answered(said)

    with pytest.raises((http.client.HTTPException, ConnectionError)):
        line.getresponse()
    line.close()
