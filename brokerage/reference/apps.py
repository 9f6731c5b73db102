from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "brokerage.reference"
    label = "reference"
    verbose_name = _("Reference data")

    def ready(self) -> None:
        from brokerage.reference import checks, metrics, schemas_shipped, switches  # noqa: F401 - each registers itself

        schemas_shipped.register_all()
        metrics.register_all()
        switches.register("opening.surge", _("Account opening in surge mode"), default=False)
        switches.register("sms.sending", _("Sending of text messages"), default=True)
