"""Addresses of the flags' pages, and of the protocol by which services read them."""

from django.urls import path

from roadbed.delivery.flags import ofrep, views

app_name = "flags"
urlpatterns = [
    path("ofrep/v1/evaluate/flags", ofrep.evaluate_all, name="evaluate-all"),
    path("ofrep/v1/evaluate/flags/<path:key>", ofrep.evaluate, name="evaluate"),
    path("flags", views.show_all, name="list"),
    path("flags/new", views.create, name="new"),
    path("flags/<str:uid>", views.show, name="flag"),
    path("flags/<str:uid>/change", views.change, name="change"),
    path("flags/<str:uid>/archive", views.archive, name="archive"),
]
