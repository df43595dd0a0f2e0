"""A database of another version."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from roadbed.config import schema
from roadbed.ground.errors import Conflict

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def test_a_database_of_a_newer_version_is_refused_by_the_migration_it_has():
    MigrationRecorder(connections["default"]).record_applied("people", "0999_from_the_future")
    with pytest.raises(Conflict, match=r"people\.0999_from_the_future"):
        schema.migrate()


def test_a_database_of_this_version_needs_nothing():
    assert schema.pending() == 0
    assert schema.migrate(before=lambda: pytest.fail("nothing is to be stopped")) == 0
