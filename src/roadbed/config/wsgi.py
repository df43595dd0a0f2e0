"""The web server's way in."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from roadbed.config.indoors import Indoors
from roadbed.config.logs import configure
from roadbed.config.settled import loading, settled
from roadbed.config.wiring import wire

loading()
configure()
application = Indoors(get_wsgi_application())
# The door for deliveries stands before the addresses that would wire the house.
wire()
# All addresses are loaded before the first request and not within it.
get_resolver().url_patterns  # noqa: B018 - reading it loads them
settled()
