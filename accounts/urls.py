"""Addresses of account opening."""

from django.urls import path

from accounts.views import (
    changing_bank,
    changing_pin,
    closing,
    following,
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
urlpatterns = [
    path("", views.start, name="start"),
    path("go/", releasing.go_on, name="go_on"),
    path("<uuid:ref>/", views.application, name="application"),
    path("<uuid:ref>/next/", views.next_step, name="next_step"),
    path("<uuid:ref>/send/", views.send, name="send"),
    path("<uuid:ref>/questions/", following.questions, name="follow_up"),
    path("<uuid:ref>/release/", releasing.release, name="release"),
    path("<uuid:ref>/elsewhere/", releasing.elsewhere, name="elsewhere"),
    path("<uuid:ref>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:ref>/retry/", views.retry, name="retry"),
    path("<uuid:ref>/origin/", views.forget_origin, name="forget_origin"),
    path("<uuid:ref>/photos/<slug:side>/", photos.photo, name="photo"),
    path("<uuid:ref>/video/", recordings.video, name="video"),
    path("<uuid:ref>/video/<uuid:chapter>/", recordings.chapter, name="chapter"),
    path("<uuid:ref>/agreements/", signing.agreements, name="agreements"),
    path("<uuid:ref>/agreements/<int:position>/", signing.text, name="text"),
    path("<uuid:ref>/passwords/", passwords.passwords, name="passwords"),
    path("<uuid:ref>/close/", closing.close, name="close"),
    path("<uuid:ref>/bank-change/", changing_bank.bank, name="bank"),
    path("<uuid:ref>/markets/", later_markets.markets, name="markets"),
    path("<uuid:ref>/new-password/", changing_pin.change, name="pin_change"),
    path("<uuid:ref>/wake/", waking.wake, name="wake"),
    path("<uuid:ref>/document/", renewing.renew, name="renew"),
    path("<uuid:ref>/<slug:step>/", views.step, name="step"),
]
