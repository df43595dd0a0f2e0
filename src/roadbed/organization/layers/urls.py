"""Addresses of the layers' page and of what is entered on it."""

from django.urls import path

from roadbed.organization.layers import views

app_name = "layers"
urlpatterns = [
    path("layers", views.show, name="layers"),
    path("layers/organization", views.enter, name="enter"),
    path("layers/roles", views.open_role, name="open-role"),
    path("layers/roles/<str:uid>/close", views.close_role, name="close-role"),
]
