"""Logs are JSON with the request id and never carry personal data."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from brokerage.core.context import Origin, entered
from brokerage.core.logs import ContextFilter, JsonFormatter, scrub


def written(message: str, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("x", logging.INFO, "f.py", 1, message, (), None)
    vars(record).update(extra)
    ContextFilter().filter(record)
    return json.loads(JsonFormatter().format(record))


def test_a_line_carries_the_request_id_and_channel():
    with entered(Origin(request_id="f" * 32, channel="api")):
        line = written("hello", status=200)
    assert (line["request_id"], line["channel"], line["status"]) == ("f" * 32, "api", 200)


@pytest.mark.parametrize(
    "text",
    [
        "code for 13800138000 sent",
        "+8613800138000",
        "id 11010519491231002X refused",
        "card 6222021234567890123",
    ],
)
def test_what_looks_personal_is_blacked_out(text):
    assert "•••" in scrub(text)
    assert not any(len(part) > 9 for part in scrub(text).split() if part.isdigit())


def test_ordinary_figures_stay():
    assert scrub("took 12345678 us in 20261123") == "took 12345678 us in 20261123"


def test_an_exception_is_logged_by_type_and_place_without_its_message():
    try:
        raise ValueError("name is 张晓明")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", (), sys.exc_info())
    ContextFilter().filter(record)
    line = JsonFormatter().format(record)
    assert "张晓明" not in line
    assert json.loads(line)["exception"] == "ValueError"
