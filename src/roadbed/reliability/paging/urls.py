"""Addresses of the on-call pages, and of what stands behind the links of pages."""

from django.urls import path

from roadbed.reliability.paging import answer_views, schedule_views, views
from roadbed.reliability.paging.load import views as load_views

app_name = "paging"
urlpatterns = [
    path("on-call", views.show, name="on-call"),
    path("on-call/teams/<str:name>", views.rotation, name="rotation"),
    path("on-call/teams/<str:name>/schedule", schedule_views.show, name="schedule"),
    path("on-call/teams/<str:name>/schedule/write", schedule_views.write, name="write-schedule"),
    path("on-call/teams/<str:name>/schedule/cover", schedule_views.cover, name="cover"),
    path("on-call/teams/<str:name>/schedule/covers/<str:uid>/remove", schedule_views.uncover, name="uncover"),
    path("on-call/teams/<str:name>/schedule/leave", schedule_views.leave, name="leave"),
    path("on-call/teams/<str:name>/load", load_views.show, name="load"),
    path("on-call/teams/<str:name>/pay", load_views.pay, name="pay"),
    path("on-call/teams/<str:name>/pay/sign", load_views.sign, name="sign-pay"),
    path("on-call/teams/<str:name>/pay/correct", load_views.correct, name="correct-shift"),
    path("on-call/teams/<str:name>/pay/corrections/<str:uid>/remove", load_views.uncorrect, name="uncorrect-shift"),
    path("on-call/calendar-link/replace", schedule_views.replace_calendar, name="replace-calendar"),
    path("on-call/calendars/<str:uid>/<str:secret>.ics", schedule_views.calendar, name="calendar"),
    path("on-call/channels", views.add_channel, name="add-channel"),
    path("on-call/channels/<str:uid>/test", views.try_channel, name="try-channel"),
    path("on-call/channels/<str:uid>/remove", views.remove_channel, name="remove-channel"),
    path("on-call/pages/<str:uid>", views.show_alert, name="alert"),
    path("on-call/pages/<str:uid>/acknowledge", views.acknowledge, name="acknowledge"),
    path("on-call/pages/<str:uid>/close", views.close, name="close"),
    path("pages/<str:secret>", answer_views.page, name="page"),
    path("channels/<str:secret>", answer_views.channel, name="channel"),
]
