"""Addresses of the objectives' pages."""

from django.urls import path

from roadbed.reliability.objectives import exclusion_views, list_views, policy_views, replay_views, views
from roadbed.reliability.objectives.journeys import views as journeys
from roadbed.reliability.objectives.reports import views as reports
from roadbed.reliability.objectives.rolled import views as rolled

app_name = "objectives"
urlpatterns = [
    path("objectives", list_views.show_all, name="list"),
    path("objectives/policies", policy_views.show_all, name="policies"),
    path("objectives/policies/<str:name>", policy_views.show, name="policy"),
    path("objectives/journeys", journeys.show_all, name="journeys"),
    path("objectives/journeys/<str:name>", journeys.show, name="journey"),
    path("objectives/rollup", rolled.show_all, name="rollups"),
    path("objectives/rollup/<str:by>/<str:name>", rolled.show, name="rollup"),
    path("objectives/report", reports.show, name="report"),
    path("objectives/report.<str:kind>", reports.download, name="report-file"),
    path("objectives/replay", replay_views.choose, name="replay-one"),
    path("objectives/<str:uid>", views.show, name="objective"),
    path("objectives/<str:uid>/decisions", views.show_decisions, name="decisions"),
    path("objectives/<str:uid>/replay", replay_views.show, name="replay"),
    path("services/<str:name>/exclusions", exclusion_views.show_all, name="exclusions"),
    path("services/<str:name>/exclusions/new", exclusion_views.exclude, name="exclude"),
    path("exclusions/<str:uid>/withdraw", exclusion_views.withdraw, name="withdraw"),
]
