"""Pages for engineers of institutions, and the desk of their operators."""

from django.urls import path

from partners.api import document
from partners.views import (
    codes,
    join,
    keys,
    materials,
    overview,
    remarks,
    statements,
    webhooks,
)

app_name = "partners"
urlpatterns = [
    path("partner-api/", document.page, name="api"),
    path("partner-api/openapi.json", document.openapi, name="openapi"),
    path("partner/", overview.overview, name="desk"),
    path("partner/join/<str:token>/", join.join_by_link, name="join"),
    path("partner/keys/", keys.keys, name="keys"),
    path("partner/keys/<uuid:ref>/rotate/", keys.rotate, name="rotate_key"),
    path("partner/webhooks/", webhooks.webhooks, name="webhooks"),
    path("partner/webhooks/<uuid:ref>/", webhooks.webhook, name="webhook"),
    path("partner/webhooks/<uuid:ref>/act/", webhooks.act_on_webhook, name="webhook_act"),
    path("partner/webhooks/<uuid:ref>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("partner/codes/", codes.codes, name="codes"),
    path("partner/codes/<uuid:ref>/", codes.code, name="code"),
    path("partner/codes/<uuid:ref>/qr.<slug:kind>", codes.code_image, name="code_image"),
    path("partner/materials/", materials.materials, name="materials"),
    path("partner/materials/<uuid:ref>/file/", materials.material_file, name="material_file"),
    path("partner/remarks/", remarks.remarks, name="remarks"),
    path("partner/statements/", statements.statements, name="statements"),
    path("partner/statements/<uuid:ref>/", statements.statement, name="statement"),
    path(
        "partner/statements/<uuid:ref>/lines.csv", statements.statement_file, name="statement_file"
    ),
]
