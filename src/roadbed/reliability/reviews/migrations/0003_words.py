"""Makes the reviews findable that were written before there was a search."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from roadbed.reliability.reviews.rules.finding import weighed


def _parts(row: Any) -> list[tuple[str, str]]:
    said = [("title", f"{row.title} INC-{row.number}"), ("service", row.service_name)]
    said += [("section", text) for text in row.sections.values()]
    said += [("timeline", f"{one['title']} {one['detail']}") for one in row.timeline]
    said += [("factor", one.text) for one in row.factors.all()]
    return said + [("section", one.evidence) for one in row.factors.all()] + [("action", one.text) for one in row.actions.all()]


def index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the words of each review."""
    if editor.connection.alias != "default":
        return
    term = apps.get_model("reviews", "Term")
    for row in apps.get_model("reviews", "Review").objects.prefetch_related("factors", "actions").iterator(chunk_size=100):
        words = weighed(_parts(row))
        term.objects.bulk_create((term(review=row, term=one, weight=weight) for one, weight in words.items()), batch_size=300)


class Migration(migrations.Migration):

    dependencies = [
        ("reviews", "0002_learning"),
    ]

    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
