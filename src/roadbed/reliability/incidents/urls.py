"""Addresses of the incidents' pages."""

from django.urls import path

from roadbed.reliability.incidents import acting, views

app_name = "incidents"
urlpatterns = [
    path("incidents", views.show_all, name="list"),
    path("incidents/open", acting.open_one, name="open"),
    path("incidents/<str:name>", views.show, name="incident"),
    path("incidents/<str:name>/note", acting.note, name="note"),
    path("incidents/<str:name>/change", acting.change, name="change"),
    path("incidents/<str:name>/role", acting.assign, name="role"),
    path("incidents/<str:name>/mitigate", acting.mitigate, name="mitigate"),
    path("incidents/<str:name>/resolve", acting.resolve, name="resolve"),
    path("incidents/<str:name>/rollback", acting.roll_back, name="roll-back"),
]
