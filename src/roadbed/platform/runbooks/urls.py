"""Addresses of the runbooks' pages."""

from django.urls import path

from roadbed.platform.runbooks import reminder_views, run_views, views

app_name = "runbooks"
urlpatterns = [
    path("runbooks", views.show_all, name="list"),
    path("runbooks/runs/<str:uid>", run_views.run, name="run"),
    path("runbooks/runs/<str:uid>/stop", run_views.stop, name="stop"),
    path("runbooks/reminders", reminder_views.choose, name="reminders"),
    path("runbooks/reminders/<str:person>/<str:secret>", reminder_views.stop, name="stop-reminders"),
    path("runbooks/read/<str:service>", views.read_now, name="read"),
    path("runbooks/<str:uid>", views.show, name="one"),
    path("runbooks/<str:uid>/reviewed", views.reviewed, name="reviewed"),
    path("runbooks/<str:uid>/steps/<int:number>", run_views.confirm, name="step"),
    path("runbooks/<str:uid>/steps/<int:number>/run", run_views.start, name="start"),
    path("runbooks/<str:uid>/steps/<int:number>/done", run_views.tick, name="tick"),
]
