from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "brokerage.journal"
    label = "journal"
