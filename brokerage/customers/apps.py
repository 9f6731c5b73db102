from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "brokerage.customers"
    label = "customers"
