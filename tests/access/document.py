"""docs/access.md, made from the table."""

from __future__ import annotations

from collections.abc import Iterator

from brokerage.settings.env import BASE_DIR
from tests.access.table import TABLE, Access
from tests.access.world import API, PORTAL

FILE = BASE_DIR / "docs" / "access.md"
HEAD = """\
# Access

Made from `tests/access/table.py` by `REWRITE=1 pytest tests/access`; a test compares the two, and
another asks every address as everybody. An address that is not listed fails the build, and so
does one that is listed but gone. The back office is walked apart: its rules are in
[roles.md](roles.md).

*ok*: the page. *on*: led on inside the site. *login*, *staff-login*: asked to sign in. *factor*:
led to the second factor. *prove*: asked to prove oneself again. A number: that status. Requests
carry no body; HEAD answers as GET. Besides, the tests prove:

- a stranger's record and one that does not exist give the same 404, byte for byte;
- GET and HEAD write nothing but the session, the cache and the counters of limits;
- POST, PUT and DELETE without a CSRF token are refused with 403 (the API takes no cookies);
- a session of the portal opens nothing in the API.
"""


def text() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n{part}" for group in TABLE for part in _group(group))


def _group(group: Access) -> Iterator[str]:
    personae = API if group.routes[0].startswith("api/v1/") else PORTAL
    yield f"## {group.title}\n"
    yield ", ".join(f"`/{route}`" for route in group.routes) + "\n"
    lines = [["", *personae], ["---"] * (len(personae) + 1)]
    for method in ("get", "post", "put", "delete"):
        lines.append([method.upper(), *getattr(group, method).split()])
    yield "".join("| " + " | ".join(line) + " |\n" for line in lines)
