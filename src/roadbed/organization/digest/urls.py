"""Addresses of the digests' pages."""

from django.urls import path

from roadbed.organization.digest import views

app_name = "digest"
urlpatterns = [
    path("digest", views.mine, name="mine"),
    path("digest/teams/<str:name>", views.team, name="team"),
    path("digest/stop/<str:person>/<str:secret>", views.stop, name="stop"),
]
