"""Addresses of shelf, suggestions and orders; codes are in capitals and never meet the others."""

from django.urls import path

from products.views.basket import basket, order_together, put_in
from products.views.books import bid, book
from products.views.complaints import complaint
from products.views.counter import at_outlet, sale
from products.views.documents import document
from products.views.offers import for_me, mute_family, not_for_me
from products.views.orders import buy, check, order, orders
from products.views.private import private
from products.views.selling import sell
from products.views.shelf import product, shelf, shown

app_name = "products"
urlpatterns = [
    path("", shelf, name="shelf"),
    path("orders/", orders, name="orders"),
    path("orders/<uuid:ref>/", order, name="order"),
    path("bids/<uuid:ref>/", bid, name="bid"),
    path("private/<uuid:ref>/", private, name="private"),
    path("at-outlet/<uuid:ref>/", sale, name="sale"),
    path("complaints/<uuid:ref>/", complaint, name="complaint"),
    path("for-me/", for_me, name="for_me"),
    path("for-me/mute/", mute_family, name="mute"),
    path("for-me/<uuid:ref>/not/", not_for_me, name="not_for_me"),
    path("basket/", basket, name="basket"),
    path("basket/order/", order_together, name="basket_order"),
    path("<str:code>/", product, name="product"),
    path("<str:code>/documents/<uuid:ref>/", document, name="document"),
    path("<str:code>/check/", check, name="check"),
    path("<str:code>/book/", book, name="book"),
    path("<str:code>/basket/", put_in, name="put_in_basket"),
    path("<str:code>/buy/", buy, name="buy"),
    path("<str:code>/at-outlet/", at_outlet, name="at_outlet"),
    path("<str:code>/shown/", shown, name="shown"),
    path("<str:code>/sell/", sell, name="sell"),
]
