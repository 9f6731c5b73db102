"""Structured logs: JSON lines with the request id. Values of fields never go in."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from types import TracebackType

from brokerage.core import context

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "channel"}
# Last net under careless messages: anything that looks like an identity or phone number.
PERSONAL = re.compile(
    r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{16,19}(?!\d)"
)


def scrub(text: str) -> str:
    """`text` with everything that looks like a phone, identity or card number replaced."""
    return PERSONAL.sub("•••", text)


class ContextFilter(logging.Filter):
    """Adds the request id and channel to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        origin = context.current()
        record.request_id, record.channel = origin.request_id, origin.channel
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Of an exception, the frames and the type: never its message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": scrub(record.getMessage()),
            "request_id": getattr(record, "request_id", ""),
            "channel": getattr(record, "channel", ""),
        }
        for name, value in vars(record).items():
            if name not in STANDARD and isinstance(value, str | int | float | bool):
                line[name] = scrub(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _frames(record.exc_info[2])
            if getattr(record.exc_info[0], "says_nothing_personal", False):
                line["said"] = str(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _frames(traceback: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/site-packages/', 1)[-1]}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return frames[-12:]
