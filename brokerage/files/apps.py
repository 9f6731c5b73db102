from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "brokerage.files"
    label = "files"
