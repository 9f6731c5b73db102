"""Addresses of account opening."""

from django.urls import include, path

from accounts.views import (
    changing_bank,
    changing_pin,
    closing,
    declaring,
    following,
    funds,
    later_markets,
    passwords,
    photos,
    recordings,
    releasing,
    renewing,
    signing,
    waking,
)
from accounts.views import opening as views

app_name = "accounts"
of_one_application = [
    path("", views.application, name="application"),
    path("next/", views.next_step, name="next_step"),
    path("send/", views.send, name="send"),
    path("questions/", following.questions, name="follow_up"),
    path("release/", releasing.release, name="release"),
    path("elsewhere/", releasing.elsewhere, name="elsewhere"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("retry/", views.retry, name="retry"),
    path("origin/", views.forget_origin, name="forget_origin"),
    path("photos/<slug:side>/", photos.photo, name="photo"),
    path("video/", recordings.video, name="video"),
    path("video/<uuid:chapter>/", recordings.chapter, name="chapter"),
    path("agreements/", signing.agreements, name="agreements"),
    path("agreements/<int:position>/", signing.text, name="text"),
    path("passwords/", passwords.passwords, name="passwords"),
    path("close/", closing.close, name="close"),
    path("bank-change/", changing_bank.bank, name="bank"),
    path("markets/", later_markets.markets, name="markets"),
    path("new-password/", changing_pin.change, name="pin_change"),
    path("funds/", funds.funds, name="funds"),
    path("tax-residence/", declaring.declare, name="tax_change"),
    path("wake/", waking.wake, name="wake"),
    path("document/", renewing.renew, name="renew"),
    path("<slug:step>/", views.step, name="step"),
]
urlpatterns = [
    path("", views.start, name="start"),
    path("go/", releasing.go_on, name="go_on"),
    path("<uuid:ref>/", include(of_one_application)),
]
