from django.urls import path

from brokerage.files import views
from brokerage.files.views import parts

app_name = "files"
urlpatterns = [
    path("<uuid:ref>", views.file_page, name="file"),
    path("uploads/", parts.begin_upload, name="uploads"),
    path("uploads/<uuid:ref>/", parts.upload, name="upload"),
    path("uploads/<uuid:ref>/finish/", parts.finish_upload, name="finish"),
    path("uploads/<uuid:ref>/<int:number>/", parts.upload_part, name="part"),
]
