"""Fills a fresh portal with the least that its tests need; prints secrets as one JSON object.

python -m tests.faults.seed, in the environment of that portal.
"""

from __future__ import annotations

import json
import sys

import django
from django.core.management import call_command

CLIENTS = 6


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_reference", verbosity=0)
    call_command("load_texts", verbosity=0)

    from tests.branches.factories import make_unit
    from tests.partners.factories import a_client, a_partner

    outlet = make_unit(name_zh="金华双溪西路营业部", name_en="Jinhua Shuangxi Road outlet")
    partner = a_partner("示例银行")
    made = [a_client(partner, name=f"client-{number}")[1] for number in range(CLIENTS)]
    clients = [(secret.client_id, secret.client_secret) for secret in made]
    json.dump({"outlet": str(outlet.ref), "clients": clients}, sys.stdout)


if __name__ == "__main__":
    main()
