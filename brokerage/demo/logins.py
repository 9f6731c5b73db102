"""The printed log-ins of the demonstration. Needs no Django: the launcher prints them."""

from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "staff.yaml"
PASSWORD = "Jinhua-Morning-0830"  # noqa: S105 - printed by `make run`, exists in sandboxes only
CUSTOMER_PHONE = "138 0000 0101"
OPERATOR = "operator@demo.example"
"""The person of the first institution who looks after its keys and statements."""
HIDDEN = ("partner_manager", "administrator")


def printed_staff() -> list[dict[str, str]]:
    """The rows of staff.yaml: e-mail, both names, unit code, role."""
    rows: list[dict[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return rows


LOGINS = [
    f"Customer     {CUSTOMER_PHONE}, or any other mobile number: the code is in the SMS sandbox",
    *(
        f"{row['role'].replace('_', ' ').capitalize():16} {row['email']}"
        for row in printed_staff()
        if row["role"] not in HIDDEN
    ),
    f"Operator         {OPERATOR}, of the partner bank: /staff/login/",
    f"Password of all staff: {PASSWORD}, second factor: /sandbox/second-factor/",
]
