from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "brokerage.journal"
    label = "journal"
    verbose_name = _("Journal")

    def ready(self) -> None:
        from brokerage.core.metrics import gauges
        from brokerage.journal.metrics import figures
        from brokerage.journal.retention import DisposalFinished, RecordsDisposed
        from brokerage.journal.subscriptions import check_handlers
        from brokerage.journal.timeline import register_kind

        gauges.register("journal", figures)
        checks.register(check_handlers, "journal")
        register_kind(RecordsDisposed, _("{rows} records kept long enough were disposed of"))
        register_kind(DisposalFinished, _("Disposal went through: {disposed} gone, {held} held"))
