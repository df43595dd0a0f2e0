"""The evidence of a deployment's kind and of an incident's cause."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial")]

    operations = [
        migrations.AddField("verdict", "label_by", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("trouble", "why", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("trouble", "elsewhere", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "trouble", "mended_by", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
    ]
