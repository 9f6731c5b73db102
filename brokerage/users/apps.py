from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "brokerage.users"
    label = "users"
