"""Django's settings, from the data folder and the environment."""

from __future__ import annotations

import os

from roadbed.config.databases import databases
from roadbed.config.folder import Folder, parse_address, parse_choice, parse_number
from roadbed.config.rooms import installed

FOLDER = Folder.chosen()
CONFIGURED = FOLDER.configured()
ADDRESS = parse_address(CONFIGURED["address"], setting="address")
EDGE = parse_address(CONFIGURED["edge"], setting="edge")
PUBLIC_URL = CONFIGURED["public_url"] or f"http://{CONFIGURED['address']}"
ORGANIZATION = CONFIGURED["organization"]
SMTP_URL = CONFIGURED["smtp"]
SMTP_SENDER = CONFIGURED["smtp_sender"]
REPLY_TO = CONFIGURED["reply_to"]
WEBHOOK_PRIVATE = parse_choice(CONFIGURED["webhook_private"], ("allow", "refuse"), setting="webhook_private") == "allow"
COUNTS_KEPT_DAYS = parse_number(
    CONFIGURED["counts_kept_days"], of="days", least=31, most=3660, setting="counts_kept_days"
)
STORM_PAGES = parse_number(CONFIGURED["storm_pages"], of="pages", least=0, most=1000, setting="storm_pages")
STORM_MINUTES = parse_number(CONFIGURED["storm_minutes"], of="minutes", least=1, most=120, setting="storm_minutes")
ACKNOWLEDGED_MINUTES = parse_number(
    CONFIGURED["acknowledged_minutes"], of="minutes", least=0, most=1440, setting="acknowledged_minutes"
)
INCIDENT_ROOMS = parse_choice(CONFIGURED["incident_rooms"] or "none", ("none", "slack"), setting="incident_rooms")
INCIDENT_ROOMS_TOKEN = CONFIGURED["incident_rooms_token"]

SECRET_KEY = FOLDER.secret_key()
DEBUG = os.environ.get("ROADBED_DEBUG") == "1"
DEBUG_PROPAGATE = False
ALLOWED_HOSTS = [ADDRESS[0], "localhost", "127.0.0.1", "[::1]", PUBLIC_URL.split("://", 1)[-1].rsplit(":", 1)[0]]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    *installed(),
]
AUTH_USER_MODEL = "people.Person"
# An address is unique whatever its capitals, by a constraint on Lower("email") that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
MIDDLEWARE = [
    "roadbed.config.own_metrics.CountRequests",
    "django.middleware.security.SecurityMiddleware",
    "roadbed.ground.shell.middleware.ContentPolicy",
    "roadbed.ground.shell.middleware.ViewersClock",
    "roadbed.ground.shell.middleware.WayBack",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "roadbed.ground.demo.middleware.MarkDemo",
    "roadbed.ground.api.middleware.ApiManners",
]
ROOT_URLCONF = "roadbed.config.urls"
WSGI_APPLICATION = "roadbed.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "roadbed.ground.shell.context.shell",
            ],
        },
    }
]
DATABASES = databases(CONFIGURED["database"], FOLDER)
DATABASE_ROUTERS = ["roadbed.config.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_FAILURE_VIEW = "roadbed.ground.shell.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False
APPEND_SLASH = False
STATIC_URL = "/static/"
STATIC_ROOT = FOLDER.run / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
# Every page names a file by its hash; under its bare name it would be compressed a second time for nobody.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
LOGGING_CONFIG = None
