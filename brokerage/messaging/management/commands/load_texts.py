"""`manage.py load_texts`: consent and message texts from YAML into dated versions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brokerage.core import clock
from brokerage.customers.use_cases.load_consent_texts import BadConsentTexts, load_consent_texts
from brokerage.messaging.use_cases.load_texts import BadTexts, load_texts


class Command(BaseCommand):
    help = "Loads consent and message texts; a text that did not change stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            consents, messages = load_consent_texts(at=at), load_texts(at=at)
        except (BadConsentTexts, BadTexts) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{consents} consent texts and {messages} message texts are new.")
