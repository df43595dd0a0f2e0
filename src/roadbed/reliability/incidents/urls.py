"""Addresses of the incidents' pages and of the public status page."""

from django.urls import path

from roadbed.reliability.incidents import acting, buttons, views
from roadbed.reliability.incidents.status import keeping
from roadbed.reliability.incidents.status import views as status

app_name = "incidents"
urlpatterns = [
    path("incidents", views.show_all, name="list"),
    path("incidents/open", acting.open_one, name="open"),
    path("incidents/severity", buttons.define_severity, name="severity"),
    path("incidents/status", keeping.show, name="status-inside"),
    path("incidents/status/<str:verb>", keeping.press, name="status-do"),
    path("incidents/<str:name>", views.show, name="incident"),
    path("incidents/<str:name>/note", acting.note, name="note"),
    path("incidents/<str:name>/change", acting.change, name="change"),
    path("incidents/<str:name>/role", acting.assign, name="role"),
    path("incidents/<str:name>/mitigate", acting.mitigate, name="mitigate"),
    path("incidents/<str:name>/resolve", acting.resolve, name="resolve"),
    path("incidents/<str:name>/rollback", acting.roll_back, name="roll-back"),
    path("incidents/<str:name>/do/<str:verb>", buttons.press, name="do"),
    path("status", status.page, name="status"),
    path("status.json", status.as_json, name="status-json"),
    path("status.atom", status.as_atom, name="status-atom"),
    path("status/subscribe", status.subscribe, name="subscribe"),
    path("status/confirm/<str:uid>/<str:secret>", status.confirm, name="confirm"),
    path("status/unsubscribe/<str:uid>/<str:secret>", status.unsubscribe, name="unsubscribe"),
]
