"""Addresses of signing in and out, of one's own account, and of teams."""

from django.urls import path

from roadbed.ground.people import account, teams, views

app_name = "people"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/link/<str:secret>", views.sign_in_by_link, name="sign-in-link"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("account", account.show, name="account"),
    path("account/password", account.change_password, name="password"),
    path("account/tokens", account.make_token, name="tokens"),
    path("account/tokens/<str:uid>/revoke", account.revoke_token, name="revoke-token"),
    path("account/sessions/end", account.end_other_sessions, name="end-sessions"),
    path("teams", teams.show_all, name="teams"),
    path("teams/<str:name>", teams.show, name="team"),
    path("teams/<str:name>/charter", teams.write_charter, name="charter"),
    path("teams/<str:name>/members", teams.join, name="join"),
    path("teams/<str:name>/members/leave", teams.leave, name="leave"),
]
