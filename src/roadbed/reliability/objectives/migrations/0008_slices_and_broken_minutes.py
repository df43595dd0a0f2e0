from django.db import migrations, models

SLICES = """
    CREATE TABLE objectives_slicesum (
        until integer NOT NULL,
        series integer NOT NULL,
        measured integer NOT NULL,
        idle integer NOT NULL,
        bad integer NOT NULL,
        broken integer NOT NULL,
        spent_high bigint NOT NULL,
        spent_low bigint NOT NULL,
        PRIMARY KEY (until, series)
    )
"""


def make_slices(apps, schema_editor):
    without = " WITHOUT ROWID" if schema_editor.connection.vendor == "sqlite" else ""
    schema_editor.execute(SLICES + without)


def drop_slices(apps, schema_editor):
    schema_editor.execute("DROP TABLE objectives_slicesum")


class Migration(migrations.Migration):

    dependencies = [
        ('objectives', '0007_journeys'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='SliceSum',
                    fields=[
                        ('pk', models.CompositePrimaryKey('until', 'series', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('until', models.IntegerField()),
                        ('series', models.IntegerField()),
                        ('measured', models.IntegerField()),
                        ('idle', models.IntegerField()),
                        ('bad', models.IntegerField()),
                        ('broken', models.IntegerField()),
                        ('spent_high', models.BigIntegerField()),
                        ('spent_low', models.BigIntegerField()),
                    ],
                ),
            ],
            database_operations=[
                migrations.RunPython(make_slices, drop_slices, hints={'database': 'samples'}),
            ],
        ),
        migrations.CreateModel(
            name='SliceHead',
            fields=[
                ('series', models.IntegerField(primary_key=True, serialize=False)),
                ('shape', models.CharField(max_length=120)),
                ('length', models.IntegerField()),
                ('first', models.IntegerField()),
                ('judged', models.IntegerField()),
                ('sure', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SliceDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.IntegerField()),
                ('first', models.IntegerField()),
                ('until', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Broken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.IntegerField()),
                ('first', models.IntegerField()),
                ('until', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['series'], name='broken_series')],
            },
        ),
    ]
