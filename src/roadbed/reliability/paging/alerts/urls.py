"""Addresses of the pages of alerts."""

from django.urls import path

from roadbed.reliability.paging.alerts import integration_views, silence_views, views

urlpatterns = [
    path("on-call/alerts", views.show_all, name="alerts"),
    path("on-call/alerts/<str:uid>", views.show, name="signal"),
    path("on-call/why", views.why, name="why"),
    path("on-call/silences", silence_views.show, name="silences"),
    path("on-call/silences/<str:uid>/end", silence_views.end, name="end-silence"),
    path("on-call/integrations", integration_views.show_all, name="integrations"),
    path("on-call/integrations/new", integration_views.create, name="new-integration"),
    path("on-call/integrations/of/<str:name>", integration_views.show, name="integration"),
    path("on-call/integrations/of/<str:name>/change", integration_views.change, name="change-integration"),
    path("on-call/integrations/of/<str:name>/replay", integration_views.read_again, name="replay-integration"),
    path("on-call/integrations/of/<str:name>/rotate", integration_views.rotate, name="rotate-integration"),
    path("on-call/integrations/of/<str:name>/archive", integration_views.archive, name="archive-integration"),
    path("on-call/integrations/of/<str:name>/restore", integration_views.restore, name="restore-integration"),
]
