"""Addresses of the layers' page."""

from django.urls import path

from roadbed.organization.layers import views

app_name = "layers"
urlpatterns = [path("layers", views.show, name="layers")]
