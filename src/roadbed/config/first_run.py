"""What `roadbed up` makes sure of once tables stand: static files, a first admin, the CLI's access, the dogfood."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

import roadbed
from roadbed.cli.output import out
from roadbed.config import installed
from roadbed.config.folder import Folder
from roadbed.ground.demo import queries as demo_queries
from roadbed.ground.ledger import reactions
from roadbed.ground.people import queries, usecases
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ADMIN, ROADBED, Caller
from roadbed.ground.ports import board

PLATFORM_TEAM = "platform"
DOGFOOD = Path(__file__).parent / "dogfood"


def prepare(folder: Folder, *, demo: bool = False) -> bool:
    """Everything that does not need the web to answer; whether what is installed changed since the last start."""
    fresh = not Person.objects.exists()
    changed = _collect_static(folder)
    if demo and fresh:
        wanted(folder).touch()
    _first_admin()
    _client_access(folder)
    from roadbed.platform.paths import materialise

    materialise.materialise_bundled(folder.paths, now=timezone.now())
    _demo(folder, asked=demo)
    # Reactions begin after the demo's past, so that none of it sets anything off.
    reactions.begin(now=timezone.now())
    return changed


def wanted(folder: Folder) -> Path:
    """There while a demo is to be made: a start that was cut off in the middle is made good by the next one."""
    return folder.run / "demo-wanted"


def _demo(folder: Folder, *, asked: bool) -> None:
    """Make the demo on a folder that nobody used yet; on every other one it changes nothing, and says so."""
    if wanted(folder).exists():
        from roadbed.config.demo import company, making

        out.print(f"Making the demo, {company.ORGANIZATION} …")
        making.make(first_admin=first_admin().email, now=timezone.now().replace(microsecond=0))
        wanted(folder).unlink()
    held = demo_queries.present()
    if held is not None:
        out.print(f"Demo data: {held.organization}, {held.facts:,} facts. Remove it: roadbed demo remove")
    elif asked:
        out.print("The demo was left out: this data folder was used before. Try it in another: --data FOLDER.")


def _collect_static(folder: Folder) -> bool:
    """Collect when the installed files changed; whether they did."""
    if installed.is_unchanged(folder):
        return False
    # The pages that show the API are ours, so that Ninja's own, two thirds of all bytes, are asked for by nobody.
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=["ninja"])
    installed.mark(folder).write_text(installed.stamp())
    return True


def _first_admin() -> None:
    now = timezone.now()
    if Person.objects.filter(role=ADMIN, is_active=True).exists():
        return
    name = _user()
    email = f"{name}@localhost"
    usecases.invite_person(ROADBED, email=email, name=name.capitalize(), role=ADMIN, now=now)
    if queries.team(PLATFORM_TEAM) is None:
        usecases.create_team(
            ROADBED,
            name=PLATFORM_TEAM,
            title="Platform",
            layer="platform",
            customers="Everyone who builds services here",
            measured_on="Roadbed's own objectives, adoption, time to first deployment",
            now=now,
        )
    usecases.join_team(ROADBED, team=PLATFORM_TEAM, email=email, lead=True, now=now)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a numeric user without an entry, as containers have
        return "admin"


def first_admin() -> Person:
    """The admin who has been one for longest."""
    return Person.objects.filter(role=ADMIN, is_active=True).order_by("pk")[0]


def _client_access(folder: Folder) -> None:
    now = timezone.now()
    url = f"http://{folder.configured()['address']}"
    with contextlib.suppress(OSError, ValueError, KeyError):
        known = json.loads(folder.client.read_text())
        if known["url"] == url and queries.caller_of_token(known["token"], now=now):
            return
    admin = first_admin()
    caller = Caller(uid=admin.uid, name=admin.name, role=ADMIN)
    _, secret = usecases.create_token(caller, name=f"CLI on this machine, {_user()}", now=now)
    part = folder.client.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"url": url, "token": secret}, file)
    part.replace(folder.client)


def start_runtime() -> tuple[str, ...]:
    """Have the runtime's daemon and edge running, adopt what runs, and say what was done."""
    runtime = board.runtime()
    lines = tuple(runtime.reconcile())
    notice = getattr(runtime, "notice", "")
    return (*lines, notice) if notice else lines


def register_itself(folder: Folder) -> None:
    """Put Roadbed into its own catalogue, with its own objectives."""
    from roadbed.ground.catalog import usecases as catalog

    location = folder.repositories / "roadbed.git"
    if not location.exists():
        board.code_host().create("roadbed")
    _commit_dogfood(location)
    catalog.register_location(ROADBED, location=str(location), now=timezone.now())


def _commit_dogfood(repository: Path) -> None:
    """Keep Roadbed's own files in a repository like everybody's; a new version is a new commit."""
    from roadbed.platform.paths.git import git, git_text

    who = {f"GIT_{role}_{what}": "Roadbed" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    there = ["-c", "core.bare=false", f"--git-dir={repository}", f"--work-tree={DOGFOOD}"]
    git(*there, "add", "--", *[path.name for path in DOGFOOD.glob("*.yaml")], cwd=DOGFOOD)
    if git_text(*there, "status", "--porcelain", "--untracked-files=no", cwd=DOGFOOD):
        git(*there, "commit", "--quiet", "-m", f"Roadbed {roadbed.__version__}", cwd=DOGFOOD, env=who)


def sign_in_link(folder: Folder, email: str = "") -> str:
    """A one-time link to the portal."""
    del folder
    secret = usecases.make_sign_in_link(ROADBED, email or first_admin().email, now=timezone.now())
    return f"{settings.PUBLIC_URL}/sign-in/link/{secret}"
