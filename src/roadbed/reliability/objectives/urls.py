"""Addresses of the objectives' pages."""

from django.urls import path

from roadbed.reliability.objectives import views

app_name = "objectives"
urlpatterns = [
    path("objectives", views.show_all, name="list"),
    path("objectives/<str:uid>", views.show, name="objective"),
]
