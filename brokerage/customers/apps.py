from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "brokerage.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from brokerage.customers import registrations

        registrations.register()
        # Texts shipped with the code are there whenever the schema is, also in tests.
        post_migrate.connect(registrations.load_texts_after_migrate, sender=self)
