"""Addresses of the golden paths' pages."""

from django.urls import path

from roadbed.platform.paths import views

app_name = "paths"
urlpatterns = [
    path("paths", views.show_all, name="list"),
    path("paths/<str:name>/new", views.ask, name="new"),
    path("paths/<str:name>/promise", views.ask_promise, name="promise"),
    path("paths/<str:name>/review", views.review, name="review"),
    path("paths/<str:name>/create", views.create, name="create"),
    path("made/<str:service>", views.made, name="made"),
]
