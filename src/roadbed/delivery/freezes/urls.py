"""Addresses of the freezes' page."""

from django.urls import path

from roadbed.delivery.freezes import views

app_name = "freezes"
urlpatterns = [
    path("freezes", views.show_all, name="list"),
    path("freezes/<str:uid>/lift", views.lift, name="lift"),
]
