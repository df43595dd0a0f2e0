"""How a Python repository is built and run."""

from __future__ import annotations

import re

from roadbed.platform.paths.adopting.ecosystems import Ecosystem
from roadbed.platform.paths.adopting.findings import HIGH, LOW, MEDIUM, Evidence, Listing, Problem, Proposal
from roadbed.platform.paths.adopting.ports import is_source

_VENV = "/usr/bin/python3 -m venv .venv && .venv/bin/pip install --quiet"
_ASSIGNED = re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*(?::[^=]+)?=\s*(?:\w+\.)?(?P<kind>FastAPI|Flask|Starlette|Quart)\(")
_FACTORY = re.compile(r"^def (?P<name>create_app|make_app)\(\s*\)")
_SERVER = re.compile(r"\b(?:Threading)?HTTPServer\(")
_DEPENDENCY_FILES = ("requirements.lock", "requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "setup.cfg")
_PYTHON_WORDS = frozenset({"python", "python3", "python3.11", "python3.12", "python3.13"})
_SHELL_WORDS = frozenset({"sh", "bash", "env", "exec", "make", "cd", "npm", "node", "java"})


def read(listing: Listing) -> Ecosystem | None:
    """Language, build and run of a Python repository; None where it is none."""
    marker = next((path for path in (*_DEPENDENCY_FILES, "manage.py") if path in listing.contents), None)
    if marker is None:
        return None
    application = _application(listing)
    server, problems = _server(listing, application)
    return Ecosystem(
        language=Proposal("language", "python", HIGH, f"there is {marker}", (Evidence(marker, 0, ""),)),
        build=_build(listing, extra=server),
        run=_run(application),
        problems=problems,
    )


def in_environment(command: str) -> str:
    """The command with the virtual environment's own programs."""
    words = command.split()
    if not words or "/" in words[0] or "=" in words[0] or words[0] in _SHELL_WORDS:
        return command
    first = "python" if words[0] in _PYTHON_WORDS else words[0]
    rest = command[len(words[0]) :]
    return f".venv/bin/{first}{rest}"


_Found = tuple[str, str, Evidence]
"""Kind of framework, import path of the application, and where it was seen."""


def _application(listing: Listing) -> _Found | None:
    if "manage.py" in listing.contents:
        entry = [path for path in listing.files if re.fullmatch(r"(?:[\w]+/)*wsgi\.py", path)]
        if entry:
            module = min(entry, key=lambda path: (path.count("/"), path))
            return "Django", f"{_module(module)}:application", Evidence(module, 0, "")
    sources = sorted((path for path in listing.contents if path.endswith(".py") and is_source(path)), key=_nearness)
    for pattern in (_ASSIGNED, _FACTORY):
        for path in sources:
            if hit := listing.first_line(path, pattern):
                evidence, found = hit
                suffix = "()" if pattern is _FACTORY else ""
                kind = found["kind"] if pattern is _ASSIGNED else "Flask"
                return kind, f"{_module(path)}:{found['name']}{suffix}", evidence
    for path in sources:
        if hit := listing.first_line(path, _SERVER):
            return "http.server", path, hit[0]
    return None


def _nearness(path: str) -> tuple[int, int, str]:
    usual = ("app.py", "main.py", "wsgi.py", "asgi.py", "server.py", "__init__.py")
    name = path.rsplit("/", 1)[-1]
    return path.count("/"), usual.index(name) if name in usual else len(usual), path


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")


def _needed(kind: str) -> str:
    return "uvicorn" if kind in {"FastAPI", "Starlette", "Quart"} else "gunicorn"


def _server(listing: Listing, application: _Found | None) -> tuple[str, tuple[Problem, ...]]:
    """The web server that has to be installed beside the dependencies, because they do not name it."""
    if application is None or application[0] == "http.server":
        return "", ()
    needed = _needed(application[0])
    named = re.compile(
        rf"^\W*{needed}\b|[\"']{needed}\b|^{needed}\s*=|fastapi\[(?:standard|all)", re.IGNORECASE | re.MULTILINE
    )
    if any(named.search(listing.contents.get(path, "")) for path in _DEPENDENCY_FILES):
        return "", ()
    problem = Problem(
        f"{needed} is not among its dependencies, so the build installs the newest one.",
        f"Add {needed} with a version to the dependencies, and take it out of the build command.",
        (application[2],),
    )
    return needed, (problem,)


def _build(listing: Listing, *, extra: str) -> Proposal | None:
    tail = f" {extra}" if extra else ""
    for path in ("requirements.lock", "requirements.txt"):
        if path in listing.contents:
            # pip refuses a package without a hash beside ones that have them.
            hashed = "--hash=" in listing.contents[path]
            more = f" && .venv/bin/pip install --quiet {extra}" if extra and hashed else "" if hashed else tail
            flags = "--require-hashes " if hashed else ""
            command = f"{_VENV} {flags}-r {path}{more}"
            return Proposal("build", command, HIGH, f"{path} lists what it needs", (Evidence(path, 0, ""),))
    if "uv.lock" in listing.files:
        more = f" && .venv/bin/uv pip install {extra}" if extra else ""
        command = f"{_VENV} uv && .venv/bin/uv sync --frozen --no-dev{more}"
        return Proposal("build", command, MEDIUM, "uv.lock pins what it needs", (Evidence("uv.lock", 0, ""),))
    for path in ("pyproject.toml", "setup.py", "setup.cfg"):
        if path in listing.contents:
            return Proposal(
                "build", f"{_VENV} .{tail}", MEDIUM, f"{path} makes it installable", (Evidence(path, 0, ""),)
            )
    return Proposal("build", f"{_VENV}{tail}", LOW, "nothing lists what it needs") if extra else None


def _run(application: _Found | None) -> Proposal | None:
    if application is None:
        return None
    kind, target, evidence = application
    if kind == "http.server":
        return Proposal("run", f"/usr/bin/python3 {target}", LOW, "it starts a server of its own", (evidence,))
    if _needed(kind) == "uvicorn":
        factory = " --factory" if target.endswith("()") else ""
        folder = " --app-dir src" if evidence.file.startswith("src/") else ""
        command = f".venv/bin/uvicorn {target.removesuffix('()')}{factory}{folder} --host $HOST --port $PORT"
    else:
        folder = " --chdir src" if evidence.file.startswith("src/") else ""
        command = f".venv/bin/gunicorn --bind $HOST:$PORT{folder} {_shell_word(target)}"
    return Proposal("run", command, HIGH if kind == "Django" else MEDIUM, f"a {kind} application", (evidence,))


def _shell_word(target: str) -> str:
    return f"'{target}'" if "(" in target else target
