from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "brokerage.reference"
    label = "reference"
