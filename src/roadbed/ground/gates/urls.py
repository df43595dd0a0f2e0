"""Addresses of the gate's pages."""

from django.urls import path

from roadbed.ground.gates import views

app_name = "gates"
urlpatterns = [
    path("gate", views.show_all, name="list"),
    path("gate/<str:uid>", views.show, name="decision"),
    path("gate/<str:uid>/override", views.override, name="override"),
    path("gate/<str:uid>/confirm", views.confirm, name="confirm"),
]
