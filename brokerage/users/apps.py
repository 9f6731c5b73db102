from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "brokerage.users"
    label = "users"
    verbose_name = _("log-ins")

    def ready(self) -> None:
        from brokerage.users import factor_keys, lookups, own_data, receivers, retention, timeline

        receivers.connect()
        lookups.register()
        timeline.register()
        factor_keys.register()
        retention.register()
        own_data.register()
