"""Addresses of the diagnostic."""

from django.urls import path

from roadbed.organization.diagnostic import answering, views

app_name = "diagnostic"
urlpatterns = [
    path("diagnostic", answering.start, name="start"),
    path("diagnostic/begin", answering.begin, name="begin"),
    path("diagnostic/questions/<int:number>", answering.question, name="question"),
    path("diagnostic/finish", answering.finish, name="finish"),
    path("diagnostic/result", views.result, name="result"),
    path("diagnostic/share", views.share, name="share"),
    path("diagnostic/reopen", views.reopen, name="reopen"),
    path("diagnostic/results/<str:secret>", views.shared, name="shared"),
    path("diagnostic/go-on/<str:secret>", answering.resume, name="resume"),
    path("diagnostic/for/<str:secret>", answering.by_link, name="link"),
    path("diagnostic/rounds", views.rounds, name="rounds"),
    path("diagnostic/rounds/<str:uid>", views.show_round, name="round"),
    path("diagnostic/rounds/<str:uid>/close", views.close, name="close"),
]
