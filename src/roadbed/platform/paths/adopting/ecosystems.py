"""How repositories of other languages are built and run, from the files their tools expect."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from roadbed.platform.paths.adopting.findings import HIGH, LOW, MEDIUM, Evidence, Listing, Problem, Proposal
from roadbed.platform.paths.adopting.ports import with_port_given

_GO_MODULE = re.compile(r"^module\s+(\S+)")
_GO_MAIN = re.compile(r"^package main\b")
_CARGO_NAME = re.compile(r'^name\s*=\s*"([^"]+)"')
_ARTIFACT = re.compile(r"<artifactId>([^<]+)</artifactId>")
_SPRING = re.compile(r"spring-boot")


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """What one language's files say."""

    language: Proposal
    build: Proposal | None
    run: Proposal | None
    problems: tuple[Problem, ...] = ()


def _language(name: str, path: str) -> Proposal:
    return Proposal("language", name, HIGH, f"there is {path}", (Evidence(path, 0, ""),))


def node(listing: Listing) -> Ecosystem | None:
    """package.json: its start script, else its main file."""
    path = "package.json"
    if path not in listing.contents:
        return None
    manifest = _json_object(listing.contents[path])
    if manifest is None:
        fault = Problem(
            "package.json is not valid JSON.", "Mend it and try again.", (Evidence(path, 0, ""),), is_blocking=True
        )
        return Ecosystem(_language("javascript", path), None, None, (fault,))
    language = "typescript" if "tsconfig.json" in listing.files else "javascript"
    return Ecosystem(_language(language, path), _node_build(listing, manifest), _node_run(listing, manifest))


def _node_build(listing: Listing, manifest: dict[str, Any]) -> Proposal | None:
    has_build = "build" in _object(manifest.get("scripts"))
    if not manifest.get("dependencies") and not has_build:
        return None
    install = {
        "pnpm-lock.yaml": "corepack pnpm install --frozen-lockfile",
        "yarn.lock": "yarn install --frozen-lockfile",
        "package-lock.json": "npm ci --no-audit --no-fund",
    }
    lock = next((path for path in install if path in listing.files), "")
    command = install.get(lock, "npm install --no-audit --no-fund")
    if has_build:
        command += " && npm run build"
    elif lock == "package-lock.json":
        command += " --omit=dev"
    evidence = Evidence(lock or "package.json", 0, "")
    return Proposal("build", command, HIGH if lock else MEDIUM, f"{evidence.file} lists what it needs", (evidence,))


def _node_run(listing: Listing, manifest: dict[str, Any]) -> Proposal | None:
    start = _object(manifest.get("scripts")).get("start")
    if isinstance(start, str):
        hit = listing.first_line("package.json", re.compile(r'"start"\s*:'))
        evidence = (hit[0],) if hit else ()
        # A plain `node file` is run without npm between, which would swallow SIGTERM.
        plain = start.startswith("node ") and not re.search(r"[&|;<>]", start)
        given = with_port_given(start)
        command = given if plain else "npm start" if given == start else f"npx --no-install {given}"
        return Proposal("run", command, HIGH, "package.json's start script", evidence)
    candidates = [manifest.get("main"), "server.js", "index.js", "app.js", "src/index.js", "src/server.js"]
    for path in candidates:
        if isinstance(path, str) and path.removeprefix("./") in listing.files:
            name = path.removeprefix("./")
            return Proposal("run", f"node {name}", LOW, f"{name} looks like the entry", (Evidence(name, 0, ""),))
    return None


def go(listing: Listing) -> Ecosystem | None:
    """go.mod: the package main nearest to the root."""
    hit = listing.first_line("go.mod", _GO_MODULE)
    if hit is None:
        return None
    mains: dict[str, Evidence] = {}
    for path in sorted(listing.contents):
        if path.endswith(".go") and not path.endswith("_test.go") and (found := listing.first_line(path, _GO_MAIN)):
            mains.setdefault(path.rpartition("/")[0], found[0])
    if not mains:
        return Ecosystem(_language("go", "go.mod"), None, None)
    name = hit[1][1].rsplit("/", 1)[-1]
    folder = min(mains, key=lambda each: (each.count("/") + bool(each), each.rsplit("/", 1)[-1] != name, each))
    binary = folder.rsplit("/", 1)[-1] or name
    target = f"./{folder}" if folder else "."
    confidence = HIGH if len(mains) == 1 else MEDIUM
    why = "the only package main" if len(mains) == 1 else f"one of {len(mains)} packages main"
    evidence = (mains[folder],)
    return Ecosystem(
        _language("go", "go.mod"),
        Proposal("build", f"go build -o bin/{binary} {target}", confidence, why, evidence),
        Proposal("run", f"bin/{binary}", confidence, why, evidence),
    )


def rust(listing: Listing) -> Ecosystem | None:
    """Cargo.toml: the package's own binary."""
    hit = listing.first_line("Cargo.toml", _CARGO_NAME)
    if hit is None:
        return None
    locked = " --locked" if "Cargo.lock" in listing.files else ""
    has_main = "src/main.rs" in listing.files
    run = Proposal("run", f"target/release/{hit[1][1]}", HIGH if has_main else LOW, "the package's binary", (hit[0],))
    build = Proposal("build", f"cargo build --release{locked}", HIGH, "Cargo.toml", (hit[0],))
    return Ecosystem(_language("rust", "Cargo.toml"), build, run)


def maven(listing: Listing) -> Ecosystem | None:
    """pom.xml: one jar under target/."""
    if "pom.xml" not in listing.contents:
        return None
    tool = "./mvnw" if "mvnw" in listing.files else "mvn"
    own = re.sub(r"<parent>.*?</parent>", "", listing.contents["pom.xml"], flags=re.DOTALL)
    artifact = (_ARTIFACT.search(own) or [None, "*"])[1]
    evidence = (Evidence("pom.xml", 0, ""),)
    build = Proposal("build", f"{tool} --batch-mode --quiet -DskipTests package", MEDIUM, "pom.xml", evidence)
    return Ecosystem(_language("java", "pom.xml"), build, _jar(listing, "pom.xml", f"target/{artifact}-*.jar"))


def gradle(listing: Listing) -> Ecosystem | None:
    """build.gradle: one jar under build/libs/."""
    path = next((each for each in ("build.gradle", "build.gradle.kts") if each in listing.contents), None)
    if path is None:
        return None
    tool = "./gradlew" if "gradlew" in listing.files else "gradle"
    task = "bootJar" if _SPRING.search(listing.contents[path]) else "assemble"
    build = Proposal("build", f"{tool} --quiet {task}", MEDIUM, path, (Evidence(path, 0, ""),))
    return Ecosystem(_language("java", path), build, _jar(listing, path, "build/libs/*.jar"))


def _jar(listing: Listing, path: str, jar: str) -> Proposal:
    spring = listing.first_line(path, _SPRING)
    options = "-Dserver.address=$HOST -Dserver.port=$PORT " if spring else ""
    evidence = (spring[0] if spring else Evidence(path, 0, ""),)
    why = "a Spring Boot jar" if spring else "the jar it builds"
    # The shell expands the pattern; `exec` gives the service the signals that its runtime sends.
    return Proposal("run", f"exec java {options}-jar {jar}", MEDIUM if spring else LOW, why, evidence)


def ruby(listing: Listing) -> Ecosystem | None:
    """Gemfile with config.ru: any Rack application, Rails included."""
    if "Gemfile" not in listing.contents or "config.ru" not in listing.files:
        return None
    evidence = (Evidence("config.ru", 0, ""),)
    build = "bundle config set --local path vendor/bundle && bundle install --quiet"
    server = (
        "puma --bind tcp://$HOST:$PORT" if "puma" in listing.contents["Gemfile"] else "rackup --host $HOST --port $PORT"
    )
    return Ecosystem(
        _language("ruby", "Gemfile"),
        Proposal("build", build, MEDIUM, "Gemfile lists what it needs", (Evidence("Gemfile", 0, ""),)),
        Proposal("run", f"bundle exec {server}", MEDIUM, "a Rack application", evidence),
    )


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
