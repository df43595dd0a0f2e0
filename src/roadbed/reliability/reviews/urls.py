"""Addresses of the reviews' pages."""

from django.urls import path

from roadbed.reliability.reviews import acting, learning_views, views

app_name = "reviews"
urlpatterns = [
    path("reviews", views.show_all, name="list"),
    path("reviews/search", learning_views.search, name="search"),
    path("reviews/patterns", learning_views.patterns, name="patterns"),
    path("reviews/<str:name>.md", learning_views.export, name="export"),
    path("reviews/<str:name>", views.show, name="review"),
    path("reviews/<str:name>/sections", acting.write, name="sections"),
    path("reviews/<str:name>/timeline", acting.tell, name="timeline"),
    path("reviews/<str:name>/timeline/<str:key>", acting.move, name="move"),
    path("reviews/<str:name>/factors", acting.name_factor, name="factors"),
    path("reviews/<str:name>/factors/<str:key>", acting.change_factor, name="factor"),
    path("reviews/<str:name>/links", acting.link, name="links"),
    path("reviews/<str:name>/rewrites", acting.use_rewrite, name="rewrites"),
    path("reviews/<str:name>/risk", acting.accept, name="risk"),
    path("reviews/<str:name>/actions/<str:key>/look", acting.look_at, name="look"),
    path("reviews/<str:name>/actions", acting.add_action, name="actions"),
    path("reviews/<str:name>/actions/<str:key>/close", acting.close_action, name="close"),
    path("reviews/<str:name>/publish", acting.publish, name="publish"),
]
