"""Addresses of the reviews' pages."""

from django.urls import path

from roadbed.reliability.reviews import acting, views

app_name = "reviews"
urlpatterns = [
    path("reviews", views.show_all, name="list"),
    path("reviews/<str:name>", views.show, name="review"),
    path("reviews/<str:name>/sections", acting.write, name="sections"),
    path("reviews/<str:name>/timeline", acting.tell, name="timeline"),
    path("reviews/<str:name>/timeline/<str:key>", acting.move, name="move"),
    path("reviews/<str:name>/factors", acting.name_factor, name="factors"),
    path("reviews/<str:name>/actions", acting.add_action, name="actions"),
    path("reviews/<str:name>/actions/<str:key>/close", acting.close_action, name="close"),
    path("reviews/<str:name>/publish", acting.publish, name="publish"),
]
