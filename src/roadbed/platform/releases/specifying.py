"""From a release as the records keep it to what the runtime is asked to run."""

from __future__ import annotations

from collections.abc import Mapping

from roadbed.ground.errors import Place
from roadbed.ground.ports.runtime import ReleaseSpec, Resources
from roadbed.platform.releases import rules
from roadbed.platform.releases.models import Deployment, Release


def spec_of(release: Release, row: Deployment, secrets: Mapping[str, str], *, file: str) -> ReleaseSpec:
    """The release with the values of its secrets, which are kept nowhere else than in the runtime.

    Raises:
        Invalid: when a name is taken twice, or is Roadbed's to set.
    """
    about = {
        "ROADBED_SERVICE": row.service_name,
        "ROADBED_ENVIRONMENT": row.environment,
        "ROADBED_VERSION": rules.version_of(release.number),
        "ROADBED_COMMIT": release.commit,
    }
    place = Place(file=file, field="spec.environment")
    return ReleaseSpec(
        workload=row.workload,
        service_uid=row.service_uid,
        number=release.number,
        commit=release.commit,
        build=release.build,
        run=release.run,
        health_path=release.health_path,
        environment=rules.environment_of(release.configuration, secrets, place=place, about=about),
        resources=Resources(memory_mb=release.memory_mb),
        metrics_path=release.metrics_path,
    )
