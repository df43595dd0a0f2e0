"""Addresses of the pages made of several rooms."""

from django.urls import path

from roadbed.portal import catalogue, deploying, home, search, service
from roadbed.portal.chat import doors as chat

app_name = "portal"
urlpatterns = [
    path("", home.show, name="home"),
    path("search", search.show, name="search"),
    path("catalogue", catalogue.show, name="catalogue"),
    path("catalogue/errors", catalogue.errors, name="errors"),
    path("catalogue/<str:uid>", catalogue.entity, name="entity"),
    path("services/<str:name>", service.show, name="service"),
    path("services/<str:name>/deploy", deploying.deploy, name="deploy"),
    path("services/<str:name>/rollback", deploying.roll_back, name="roll-back"),
    path("teams/<str:name>/archive", catalogue.archive_team, name="archive-team"),
    path("answers/slack/commands", chat.slack, name="slack-commands"),
    path("deployments/<str:uid>", deploying.show, name="deployment"),
]
