"""Addresses of the metrics' pages."""

from django.urls import path

from roadbed.delivery.metrics import views
from roadbed.delivery.metrics.flow import views as flow

app_name = "metrics"
urlpatterns = [
    path("delivery", views.show, name="delivery"),
    path("delivery/rows", views.show_rows, name="rows"),
    path("delivery/flow", flow.show, name="flow"),
    path("delivery/flow/rows", flow.show_rows, name="flow-rows"),
    path("delivery/tests", flow.show_tests, name="tests"),
    path("delivery/tests/<slug:uid>/release", flow.release, name="release-test"),
]
