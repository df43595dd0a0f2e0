"""Which service something belongs to: by name, by artifact, by repository, and by the paths it owns in a monorepo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from roadbed.ground.ports.payloads import repository_name

_HOSTS: Final = {"github.com/project-slug": "github.com", "gitlab.com/project-slug": "gitlab.com"}
_CALLED: Final = ("roadbed.dev/deployed-as", "argocd/app-name")
_TREE: Final = re.compile(r"(?:url:)?(https?://.+?)/(?:-/)?(?:tree|blob|src)/[^/]+/?(.*)")
_PRODUCTION: Final = frozenset({"prod", "prd", "live", "production", "main-production"})
_STAGING: Final = frozenset({"stage", "stg", "staging", "preprod", "pre-production"})


@dataclass(frozen=True, slots=True)
class Owned:
    """A service with what the catalogue says is its own.

    Attributes:
        paths: by repository the folders that it owns there, each ending in a slash; none is the whole repository.
        images: names of its images or packages, without tag and digest.
        called: further names that senders have for it.
    """

    uid: str
    name: str
    namespace: str = "default"
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    images: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Everything that it may be called."""
        return frozenset({self.uid, self.name.lower(), f"{self.namespace}/{self.name}".lower()}) | self.called


def owned_of(
    *, uid: str, name: str, namespace: str, location: str, entity_path: str, annotations: Mapping[str, str]
) -> Owned:
    """What a catalogue entry says is the service's own."""
    folder = entity_path.strip("/").rpartition("/")[0]
    said = tuple(f"{one.strip('/')}/" for one in _listed(annotations.get("roadbed.dev/paths", "")))
    own = said or ((f"{folder}/",) if folder else ())
    paths: dict[str, tuple[str, ...]] = {}
    if home := repository_name(location):
        paths[home] = own
    for key, host in _HOSTS.items():
        if slug := annotations.get(key, "").strip("/"):
            paths.setdefault(f"{host}/{slug}".lower(), own)
    if source := annotations.get("backstage.io/source-location", ""):
        match = _TREE.fullmatch(source.strip())
        where = repository_name(match[1] if match else source.strip().removeprefix("url:"))
        inside = match[2].strip("/") if match else ""
        if where:
            paths[where] = said or ((f"{inside}/",) if inside else own)
    for further in _listed(annotations.get("roadbed.dev/repositories", "")):
        if where := repository_name(further):
            paths.setdefault(where, ())
    return Owned(
        uid=uid,
        name=name,
        namespace=namespace,
        paths=paths,
        images=frozenset(image_name(one) for one in _listed(annotations.get("roadbed.dev/images", ""))),
        called=frozenset(one.lower() for key in _CALLED for one in _listed(annotations.get(key, ""))),
    )


def _listed(text: object) -> list[str]:
    return [one for one in str(text).replace(",", " ").split() if one]


def image_name(artifact: str) -> str:
    """An image's or package's name without registry scheme, tag, digest and qualifiers, in lower case."""
    said = unquote(artifact.partition("?")[0])
    said = re.sub(r"^pkg:[^/]+/", "", said)
    said = said.partition("@")[0]
    head, slash, last = said.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}".lower()


def digest_of(artifact: str) -> str:
    """An artifact's digest, which alone says exactly what it is; empty where it has none."""
    found = re.search(r"sha256:[0-9a-f]{64}", unquote(artifact).lower())
    return found[0] if found else ""


def tag_of(artifact: str) -> str:
    """An image's tag or a package's version; empty where it has none."""
    said = unquote(artifact.partition("?")[0])
    name, _, version = said.partition("@")
    if version and not version.startswith("sha256:"):
        return version
    return name.rpartition("/")[2].partition(":")[2]


@dataclass(frozen=True, slots=True)
class Placed:
    """Whose deployment it is; `problem` says what is missing where nobody's is found."""

    service: Owned | None
    words: str = ""
    problem: str = ""
    remedy: str = ""


def place(
    services: Iterable[Owned], *, service: str, environment: str, repositories: Iterable[str], artifacts: Iterable[str]
) -> Placed:
    """The one service that a deployment is of. It is never guessed among several."""
    known = tuple(services)
    hint = service.strip().lower()
    named = [one for one in known if hint in one.names]
    if len(named) == 1:
        return Placed(named[0], f"named {service}")
    images = {image_name(one) for one in artifacts if one}
    made = [one for one in known if one.images & images]
    if len(made) == 1:
        return Placed(made[0], "by its artifact")
    wanted = set(repositories) - {""}
    living = [one for one in known if wanted & set(one.paths)]
    if len(living) == 1:
        return Placed(living[0], f"alone in {min(wanted)}")
    parts = set(re.split(r"[^a-z0-9-]+|-(?=prod|stag|live)|(?<=prod)-|(?<=production)-", environment.lower()))
    said = [one for one in living if one.name.lower() in parts or environment.lower().endswith(f"-{one.name.lower()}")]
    if len(said) == 1:
        return Placed(said[0], f"the environment {environment} names it")
    called = [one for one in living or known if images and one.name.lower() in {name.split("/")[-1] for name in images}]
    if len(called) == 1:
        return Placed(called[0], "its artifact has its name")
    return _nobody(living, hint, wanted)


def _nobody(living: list[Owned], hint: str, wanted: set[str]) -> Placed:
    where = ", ".join(sorted(wanted))
    if living:
        names = ", ".join(sorted(one.name for one in living)[:5])
        return Placed(
            None,
            problem=f"{len(living)} services live in {where}: {names}.",
            remedy="Have the sender name the service, or name it in the environment, like production-checkout.",
        )
    what = " and ".join(part for part in (f"{hint[:100]!r}" if hint else "", where) if part) or "It names nothing that"
    return Placed(
        None,
        problem=f"{what} belongs to no service of the catalogue.",
        remedy="Register it, or add roadbed.dev/deployed-as, roadbed.dev/repositories or roadbed.dev/images to its "
        "entry; then `roadbed source replay`.",
    )


def environment_name(said: str, service: str = "") -> str:
    """The environment as we call it: production, staging, or the sender's word in letters, digits and hyphens."""
    name = re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")
    if service:
        short = service.lower()
        name = name.removesuffix(f"-{short}").removeprefix(f"{short}-")
    if name in _PRODUCTION:
        return "production"
    if name in _STAGING:
        return "staging"
    return name[:40].strip("-") or "production"


def owns(paths: tuple[str, ...], changed: Iterable[str]) -> bool:
    """Whether any changed file lies in what is owned; owning no path in particular is owning all."""
    return not paths or any(one.startswith(paths) for one in changed)
