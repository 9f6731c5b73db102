"""What `make run` prints, and a session for measurements."""

from __future__ import annotations

from brokerage.demo.staff import PASSWORD, printed_staff

CUSTOMER_PHONE = "138 0000 0101"
HIDDEN = ("partner_manager", "administrator")

LOGINS = [
    f"Customer     {CUSTOMER_PHONE}, or any other mobile number: the code is in the SMS sandbox",
    *(
        f"{row['role'].replace('_', ' ').capitalize():16} {row['email']}"
        for row in printed_staff()
        if row["role"] not in HIDDEN
    ),
    f"Password of all staff: {PASSWORD}, second factor: /sandbox/second-factor/",
]
