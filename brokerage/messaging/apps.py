from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "brokerage.messaging"
    label = "messaging"
