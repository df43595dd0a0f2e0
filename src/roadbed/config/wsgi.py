"""The web server's way in."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")

from django.core.wsgi import get_wsgi_application

from roadbed.config.logs import configure

configure()
application = get_wsgi_application()
