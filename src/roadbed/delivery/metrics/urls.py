"""Addresses of the metrics' pages."""

from django.urls import path

from roadbed.delivery.metrics import views

app_name = "metrics"
urlpatterns = [
    path("delivery", views.show, name="delivery"),
    path("delivery/rows", views.show_rows, name="rows"),
]
