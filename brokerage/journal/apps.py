from django.apps import AppConfig
from django.core import checks


class JournalConfig(AppConfig):
    name = "brokerage.journal"
    label = "journal"

    def ready(self) -> None:
        from brokerage.journal.subscriptions import check_handlers

        checks.register(check_handlers, "journal")
