"""Addresses of the goals' pages."""

from django.urls import path

from roadbed.organization.goals import views

app_name = "goals"
urlpatterns = [
    path("goals", views.show_all, name="list"),
    path("goals/<str:uid>", views.show, name="goal"),
    path("goals/<str:uid>/change", views.change, name="change"),
    path("goals/<str:uid>/close", views.close, name="close"),
]
