"""The shell's own addresses: preferences and the gallery of components."""

from django.urls import path

from roadbed.ground.shell import gallery, preferences

app_name = "shell"
urlpatterns = [
    path("preferences", preferences.choose, name="preferences"),
    path("_components", gallery.show, name="gallery"),
]
