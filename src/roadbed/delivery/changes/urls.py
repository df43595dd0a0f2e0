"""Addresses of the pages of sources, and of what a deployment carried."""

from django.urls import path

from roadbed.delivery.changes.linking import views as linking
from roadbed.delivery.changes.sources import views

app_name = "changes"
urlpatterns = [
    path("sources", views.show_all, name="sources"),
    path("sources/new", views.create, name="new-source"),
    path("sources/<slug:name>", views.show, name="source"),
    path("sources/<slug:name>/replay", views.read_again, name="replay-source"),
    path("sources/<slug:name>/rotate", views.rotate, name="rotate-source"),
    path("sources/<slug:name>/archive", views.archive, name="archive-source"),
    path("deployments/<slug:uid>/carried", linking.show, name="carried"),
    path("deployments/<slug:uid>/carried/withdraw", linking.withdraw, name="withdraw-link"),
    path("sources/<slug:name>/restore", views.restore, name="restore-source"),
]
