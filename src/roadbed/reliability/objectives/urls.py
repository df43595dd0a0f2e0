"""Addresses of the objectives' pages."""

from django.urls import path

from roadbed.reliability.objectives import policy_views, views

app_name = "objectives"
urlpatterns = [
    path("objectives", views.show_all, name="list"),
    path("objectives/policies", policy_views.show_all, name="policies"),
    path("objectives/policies/<str:name>", policy_views.show, name="policy"),
    path("objectives/<str:uid>", views.show, name="objective"),
]
