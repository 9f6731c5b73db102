from django.urls import path

from brokerage.files import views

app_name = "files"
urlpatterns = [path("<uuid:ref>", views.file_page, name="file")]
