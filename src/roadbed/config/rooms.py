"""Which rooms there are, in the order in which they are installed and wired."""

from importlib.util import find_spec

GROUND = (
    "roadbed.ground.api.apps.ApiConfig",
    "roadbed.ground.people.apps.PeopleConfig",
    "roadbed.ground.catalog.apps.CatalogConfig",
    "roadbed.ground.ledger.apps.LedgerConfig",
    "roadbed.ground.jobs.apps.JobsConfig",
    "roadbed.ground.gates.apps.GatesConfig",
    "roadbed.ground.demo.apps.DemoConfig",
    "roadbed.ground.subscriptions.apps.SubscriptionsConfig",
    "roadbed.ground.shell.apps.ShellConfig",
)
ROOMS = (
    "roadbed.delivery.changes.apps.ChangesConfig",
    "roadbed.delivery.freezes.apps.FreezesConfig",
    "roadbed.delivery.flags.apps.FlagsConfig",
    "roadbed.delivery.metrics.apps.MetricsConfig",
    "roadbed.reliability.objectives.apps.ObjectivesConfig",
    "roadbed.reliability.paging.apps.PagingConfig",
    "roadbed.reliability.incidents.apps.IncidentsConfig",
    "roadbed.reliability.reviews.apps.ReviewsConfig",
    "roadbed.reliability.toil.apps.ToilConfig",
    "roadbed.platform.paths.apps.PathsConfig",
    "roadbed.platform.releases.apps.ReleasesConfig",
    "roadbed.platform.secrets.apps.SecretsConfig",
    "roadbed.platform.runbooks.apps.RunbooksConfig",
    "roadbed.organization.diagnostic.apps.DiagnosticConfig",
    "roadbed.organization.layers.apps.LayersConfig",
    "roadbed.organization.goals.apps.GoalsConfig",
    "roadbed.organization.digest.apps.DigestConfig",
)
PORTAL = ("roadbed.portal.apps.PortalConfig",)


def installed() -> tuple[str, ...]:
    """The rooms whose folders stand."""
    return tuple(app for app in (*GROUND, *ROOMS, *PORTAL) if _stands(app.rsplit(".", 1)[0]))


def _stands(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
