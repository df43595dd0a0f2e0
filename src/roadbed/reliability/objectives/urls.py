"""Addresses of the objectives' pages."""

from django.urls import path

from roadbed.reliability.objectives import policy_views, views
from roadbed.reliability.objectives.journeys import views as journeys
from roadbed.reliability.objectives.reports import views as reports
from roadbed.reliability.objectives.rolled import views as rolled

app_name = "objectives"
urlpatterns = [
    path("objectives", views.show_all, name="list"),
    path("objectives/policies", policy_views.show_all, name="policies"),
    path("objectives/policies/<str:name>", policy_views.show, name="policy"),
    path("objectives/journeys", journeys.show_all, name="journeys"),
    path("objectives/journeys/<str:name>", journeys.show, name="journey"),
    path("objectives/rollup", rolled.show_all, name="rollups"),
    path("objectives/rollup/<str:by>/<str:name>", rolled.show, name="rollup"),
    path("objectives/report", reports.show, name="report"),
    path("objectives/report.<str:kind>", reports.download, name="report-file"),
    path("objectives/<str:uid>", views.show, name="objective"),
]
