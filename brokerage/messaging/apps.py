from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "brokerage.messaging"
    label = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from brokerage.messaging import registrations
        from brokerage.messaging.checks import check_gateways

        registrations.register()
        checks.register(check_gateways)
        # Texts shipped with the code are there whenever the schema is, also in tests.
        post_migrate.connect(registrations.load_texts_after_migrate, sender=self)
