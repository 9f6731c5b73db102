"""Fills the fresh database of a measured portal: what opening needs, without the demonstration.

`python -m bench.journeys_setup` in the environment of the portal, after `manage.py migrate`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

PARTS = ("units", "staff", "outlets with address and hours", "commission rates")


def main(parts: Sequence[str] = PARTS) -> None:
    """Translations, static files, reference data, texts; these parts of the demonstration."""
    from brokerage.launch import setup

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.dev")
    setup._compile_catalogues()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from brokerage.core import clock
    from brokerage.demo.build import PARTS as ALL
    from brokerage.journal.delivery import deliver_pending

    setup._collect_static()
    setup._migrate()
    call_command("load_reference", verbosity=0)
    call_command("load_texts", verbosity=0)
    at = clock.now()
    for name, build in ALL:
        if name in parts:
            with transaction.atomic():
                build(at=at)
    while deliver_pending(at=clock.now()):  # what the set-up did is no part of a journey
        pass


if __name__ == "__main__":
    main()
