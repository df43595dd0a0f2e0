"""Addresses of the toil pages."""

from django.urls import path

from roadbed.reliability.toil import views

app_name = "toil"
urlpatterns = [
    path("toil", views.show, name="toil"),
    path("toil/log", views.log, name="log"),
    path("toil/entries/<str:uid>/leave-out", views.leave_out, name="leave-out"),
    path("toil/tasks/<str:uid>", views.task, name="task"),
    path("toil/tasks/<str:uid>/<str:verb>", views.decide, name="decide"),
    path("toil.csv", views.csv, name="csv"),
]
