"""Addresses of the subscriptions' pages."""

from django.urls import path

from roadbed.ground.subscriptions import log_views, views

app_name = "subscriptions"
urlpatterns = [
    path("subscriptions", views.show_all, name="list"),
    path("subscriptions/new", views.create, name="new"),
    path("subscriptions/<str:uid>", views.show, name="subscription"),
    path("subscriptions/<str:uid>/change", views.change, name="change"),
    path("subscriptions/<str:uid>/pause", views.pause, name="pause"),
    path("subscriptions/<str:uid>/resume", views.resume, name="resume"),
    path("subscriptions/<str:uid>/rotate", views.rotate, name="rotate"),
    path("subscriptions/<str:uid>/remove", views.remove, name="remove"),
    path("subscriptions/<str:uid>/ping", log_views.ping, name="ping"),
    path("subscriptions/<str:uid>/replay", log_views.replay, name="replay"),
    path("subscriptions/<str:uid>/deliveries/<str:delivery>", log_views.delivery, name="delivery"),
    path("subscriptions/<str:uid>/deliveries/<str:delivery>/again", log_views.redeliver, name="redeliver"),
]
