"""Settings of the test suite: SQLite, or the PostgreSQL that ROADBED_TEST_DATABASE names."""

from __future__ import annotations

import os
import tempfile

# Each test process has a data folder of its own, so that suites and a suite's workers can run side by side.
if "ROADBED_DATA" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["ROADBED_DATA"] = tempfile.mkdtemp(prefix="roadbed-test-")
if url := os.environ.get("ROADBED_TEST_DATABASE"):
    os.environ["ROADBED_DATABASE"] = url

from roadbed.config.settings import *  # noqa: F403 - the environment is set first

DEBUG_PROPAGATE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]

if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405 - from the settings
    # A test of locking or of two processes needs the files that Roadbed really runs on, not SQLite's memory.
    for _alias in DATABASES:  # noqa: F405
        DATABASES[_alias]["TEST"] = {"NAME": str(FOLDER.root / f"test-{_alias}.db")}  # noqa: F405
