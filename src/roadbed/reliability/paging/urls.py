"""Addresses of the on-call pages, and of what stands behind the links of pages."""

from django.urls import path

from roadbed.reliability.paging import answer_views, schedule_views, views
from roadbed.reliability.paging.alerts.urls import urlpatterns as alerts
from roadbed.reliability.paging.load import views as load_views
from roadbed.reliability.paging.policies import views as policy_views
from roadbed.reliability.paging.reaching import answer_doors, wish_views
from roadbed.reliability.paging.swaps import views as swap_views
from roadbed.reliability.paging.watching import beat_door, watch_views

app_name = "paging"
urlpatterns = [
    *alerts,
    path("on-call", views.show, name="on-call"),
    path("on-call/call", views.call, name="call"),
    path("on-call/teams/<str:name>", views.rotation, name="rotation"),
    path("on-call/teams/<str:name>/schedule", schedule_views.show, name="schedule"),
    path("on-call/teams/<str:name>/schedule/write", schedule_views.write, name="write-schedule"),
    path("on-call/teams/<str:name>/schedule/cover", schedule_views.cover, name="cover"),
    path("on-call/teams/<str:name>/schedule/covers/<str:uid>/remove", schedule_views.uncover, name="uncover"),
    path("on-call/teams/<str:name>/schedule/feeds", schedule_views.add_feed, name="add-feed"),
    path("on-call/teams/<str:name>/schedule/feeds/<str:uid>/remove", schedule_views.remove_feed, name="remove-feed"),
    path("on-call/teams/<str:name>/schedule/leave", schedule_views.leave, name="leave"),
    path("on-call/teams/<str:name>/escalation", policy_views.show, name="escalation"),
    path("on-call/teams/<str:name>/escalation/write", policy_views.write, name="write-escalation"),
    path("on-call/teams/<str:name>/load", load_views.show, name="load"),
    path("on-call/teams/<str:name>/pay", load_views.pay, name="pay"),
    path("on-call/teams/<str:name>/pay/sign", load_views.sign, name="sign-pay"),
    path("on-call/teams/<str:name>/pay/correct", load_views.correct, name="correct-shift"),
    path("on-call/teams/<str:name>/pay/corrections/<str:uid>/remove", load_views.uncorrect, name="uncorrect-shift"),
    path("on-call/teams/<str:name>/schedule/ask", schedule_views.ask, name="ask-for-shift"),
    path("on-call/requests/<str:uid>/answer", swap_views.answer, name="answer-request"),
    path("shift-requests/<str:uid>/<str:person>/<str:secret>", swap_views.behind_link, name="request"),
    path("on-call/calendar-link/replace", schedule_views.replace_calendar, name="replace-calendar"),
    path("on-call/calendars/<str:uid>/<str:secret>.ics", schedule_views.calendar, name="calendar"),
    path("on-call/notifications", wish_views.show, name="notifications"),
    path("on-call/notifications/write", wish_views.write, name="write-notifications"),
    path("on-call/channels", wish_views.add_channel, name="add-channel"),
    path("on-call/channels/<str:uid>/test", wish_views.try_channel, name="try-channel"),
    path("on-call/channels/<str:uid>/verify", wish_views.verify_channel, name="verify-channel"),
    path("on-call/channels/<str:uid>/remove", wish_views.remove_channel, name="remove-channel"),
    path("on-call/watching", watch_views.show, name="watching"),
    path("on-call/watching/heartbeats", watch_views.new_heartbeat, name="new-heartbeat"),
    path("on-call/watching/heartbeats/<str:uid>", watch_views.change_heartbeat, name="change-heartbeat"),
    path("on-call/watching/canaries", watch_views.set_canary, name="set-canary"),
    path("heartbeat/<str:key>", beat_door.beat, name="beat"),
    path("answers/take/<str:token>", answer_doors.take, name="take"),
    path("answers/slack", answer_doors.slack, name="slack"),
    path("answers/twilio/sms", answer_doors.twilio_sms, name="twilio-sms"),
    path("answers/twilio/voice/<str:token>", answer_doors.twilio_voice, name="twilio-voice"),
    path("answers/twilio/status/<str:token>", answer_doors.twilio_status, name="twilio-status"),
    path("on-call/pages/<str:uid>", views.show_alert, name="alert"),
    path("on-call/pages/<str:uid>/acknowledge", views.acknowledge, name="acknowledge"),
    path("on-call/pages/<str:uid>/escalate", views.escalate, name="escalate"),
    path("on-call/pages/<str:uid>/snooze", views.snooze, name="snooze"),
    path("on-call/pages/<str:uid>/close", views.close, name="close"),
    path("pages/<str:secret>", answer_views.page, name="page"),
    path("channels/<str:secret>", answer_views.channel, name="channel"),
]
