"""The web server's way in."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")

from django.core.wsgi import get_wsgi_application

from roadbed.config.indoors import Indoors
from roadbed.config.logs import configure
from roadbed.config.wiring import wire

configure()
application = Indoors(get_wsgi_application())
# The door for deliveries stands before the addresses that would wire the house.
wire()
