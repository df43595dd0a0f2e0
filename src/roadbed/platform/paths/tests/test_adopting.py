"""What is read of an existing repository: each proposal with its evidence, and nothing guessed as certain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.catalog.rules import read_entities
from roadbed.platform.paths.adopting import Adoption, Author, Group, Listing, Wishes, documents, propose

from .conftest import Makes

TEAMS = (
    Group("team-payments", frozenset({"hanne@kestrel.example"})),
    Group("team-routing", frozenset({"tomasz@kestrel.example"})),
)
HANNE = Author("Hanne Brandt", "hanne@kestrel.example", 30)
TOMASZ = Author("Tomasz Wrona", "Tomasz@kestrel.example", 5)
FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
ENTRY = """\
# Written by hand, keep the comments.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: labels   # the old name
  annotations:
    github.com/project-slug: kestrel/labels
  tags: [python]
spec:
  type: service
  lifecycle: production
  owner: team-routing
"""


def read(files: Mapping[str, str], *, name: str = "parcel-api", wishes: Wishes | None = None, **more: Any) -> Adoption:
    more.setdefault("groups", TEAMS)
    more.setdefault("authors", (HANNE,))
    return propose(Listing(name, tuple(files), dict(files), **more), wishes)


def found(adoption: Adoption, field: str) -> Any:
    return next(proposal for proposal in adoption.proposals if proposal.field == field)


def entry_of(adoption: Adoption) -> dict[str, Any]:
    text = next(file.text for file in adoption.files if file.path == "catalog-info.yaml")
    return yaml.safe_load(text)


@pytest.mark.parametrize(
    ("codeowners", "owner", "confidence", "line"),
    [
        ("* @kestrel/team-payments\n", "team-payments", "high", 1),
        ("# who\n* @kestrel/Team-Routing @hanne\n", "team-routing", "high", 2),
        ("* @kestrel/team-routing\n* @kestrel/team-payments\n", "team-payments", "high", 2),
        ("* tomasz@kestrel.example\n", "team-routing", "high", 1),
        (
            "/docs @kestrel/team-routing\n/src @kestrel/team-payments\n/api @kestrel/team-payments\n",
            "team-payments",
            "medium",
            2,
        ),
    ],
)
def test_codeowners_says_who_owns_it(codeowners: str, owner: str, confidence: str, line: str):
    proposal = found(read({**FLASK, ".github/CODEOWNERS": codeowners}), "owner")
    assert (proposal.value, proposal.confidence) == (owner, confidence)
    assert str(proposal.evidence[0]) == f".github/CODEOWNERS:{line}"


def test_without_codeowners_those_who_commit_say_it():
    robot = Author("dependabot[bot]", "support@github.com", 900)
    proposal = found(read(FLASK, authors=(robot, HANNE, TOMASZ)), "owner")
    assert (proposal.value, proposal.confidence) == ("team-payments", "medium")
    assert "30 of the latest 35 commits" in proposal.why


def test_an_unclear_history_is_little_confidence():
    stranger = Author("Somebody", "somebody@elsewhere.example", 40)
    assert found(read(FLASK, authors=(stranger, HANNE, TOMASZ)), "owner").confidence == "low"


@pytest.mark.parametrize("more", [{"authors": ()}, {"authors": (Author("S", "s@x.example", 3),)}])
def test_nobody_known_blocks_and_says_what_to_give(more: Any):
    adoption = read(FLASK, **more)
    assert adoption.is_blocked
    assert adoption.files == ()
    assert any("--owner TEAM" in problem.remedy for problem in adoption.problems)


def test_an_owner_that_the_catalogue_lacks_blocks_and_lists_those_it_has():
    adoption = read({**FLASK, "CODEOWNERS": "* @kestrel/team-gone\n"})
    assert adoption.is_blocked
    assert any("team-payments, team-routing" in problem.remedy for problem in adoption.problems)


@pytest.mark.parametrize(
    ("files", "language", "build", "run"),
    [
        (FLASK, "python", "-r requirements.txt", ".venv/bin/gunicorn --bind $HOST:$PORT app:app"),
        (
            {"requirements.txt": "uvicorn\nfastapi", "src/api/main.py": "api: FastAPI = fastapi.FastAPI()"},
            "python",
            "-r requirements.txt",
            ".venv/bin/uvicorn api.main:api --app-dir src --host $HOST --port $PORT",
        ),
        (
            {"pyproject.toml": '[project]\ndependencies = ["gunicorn"]', "shop/__init__.py": "def create_app():\n"},
            "python",
            ".venv/bin/pip install --quiet .",
            ".venv/bin/gunicorn --bind $HOST:$PORT 'shop:create_app()'",
        ),
        (
            {"requirements.txt": "django\ngunicorn", "manage.py": "", "shop/wsgi.py": ""},
            "python",
            "-r requirements.txt",
            ".venv/bin/gunicorn --bind $HOST:$PORT shop.wsgi:application",
        ),
        (
            {
                "requirements.txt": "a==1 --hash=sha256:0\ngunicorn --hash=sha256:1",
                "Procfile": "worker: x\nweb: gunicorn -b 0.0.0.0:8000 app:app",
            },
            "python",
            "--require-hashes -r requirements.txt",
            ".venv/bin/gunicorn -b $HOST:$PORT app:app",
        ),
        (
            {
                "package.json": json.dumps({"scripts": {"start": "node server.js", "build": "tsc"}}),
                "package-lock.json": "{}",
                "tsconfig.json": "",
            },
            "typescript",
            "npm ci --no-audit --no-fund && npm run build",
            "node server.js",
        ),
        (
            {
                "package.json": json.dumps({"scripts": {"start": "next start -p 3000"}, "dependencies": {"next": "1"}}),
                "yarn.lock": "",
            },
            "javascript",
            "yarn install --frozen-lockfile",
            "npx --no-install next start -p $PORT",
        ),
        ({"package.json": "{}", "index.js": ""}, "javascript", "", "node index.js"),
        (
            {
                "go.mod": "module kestrel.example/labels",
                "cmd/labels/main.go": "package main\n",
                "cmd/tool/main.go": "package main\n",
            },
            "go",
            "go build -o bin/labels ./cmd/labels",
            "bin/labels",
        ),
        (
            {"go.mod": "module kestrel.example/labels", "main.go": "package main\n"},
            "go",
            "go build -o bin/labels .",
            "bin/labels",
        ),
        (
            {"Cargo.toml": '[package]\nname = "labels"\n', "Cargo.lock": "", "src/main.rs": ""},
            "rust",
            "cargo build --release --locked",
            "target/release/labels",
        ),
        (
            {
                "pom.xml": "<parent><artifactId>spring-boot</artifactId></parent><artifactId>labels</artifactId>",
                "mvnw": "",
            },
            "java",
            "./mvnw --batch-mode --quiet -DskipTests package",
            "exec java -Dserver.address=$HOST -Dserver.port=$PORT -jar target/labels-*.jar",
        ),
        (
            {"build.gradle.kts": 'id("org.springframework.boot") // spring-boot', "gradlew": ""},
            "java",
            "./gradlew --quiet bootJar",
            "exec java -Dserver.address=$HOST -Dserver.port=$PORT -jar build/libs/*.jar",
        ),
        (
            {"Gemfile": 'gem "puma"', "config.ru": "run App"},
            "ruby",
            "bundle install --quiet",
            "bundle exec puma --bind tcp://$HOST:$PORT",
        ),
    ],
)
def test_build_and_run_are_read_from_what_the_languages_tools_expect(
    files: Mapping[str, str], language: str, build: str, run: str
):
    adoption = read(files)
    assert adoption.value("language") == language
    assert build in adoption.value("build")
    assert adoption.value("run") == run
    assert found(adoption, "run").evidence


@pytest.mark.parametrize(
    ("files", "run", "confidence"),
    [
        ({"Dockerfile": 'FROM x\nCMD ["./serve", "--port", "8080"]\n'}, "./serve --port $PORT", "low"),
        ({"Dockerfile": "FROM x\nENTRYPOINT ./serve\n"}, "./serve", "low"),
        ({"Makefile": "build:\n\tcc x.c\nrun:\n\t./x\n"}, "make run", "low"),
    ],
)
def test_where_nothing_better_is_there_the_image_or_the_makefile_says(
    files: Mapping[str, str], run: str, confidence: str
):
    proposal = found(read(files), "run")
    assert (proposal.value, proposal.confidence) == (run, confidence)


def test_nothing_to_run_blocks_until_it_is_said():
    assert read({"README.md": "A library."}).is_blocked
    said = read({"README.md": "A library."}, wishes=Wishes(run="./serve"))
    assert not said.is_blocked
    assert said.value("run") == "./serve"


def test_a_server_that_is_not_among_the_dependencies_is_installed_and_named():
    adoption = read({"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n"})
    assert adoption.value("build").endswith("-r requirements.txt gunicorn")
    assert any("gunicorn is not among its dependencies" in problem.detail for problem in adoption.problems)


@pytest.mark.parametrize(
    ("files", "path", "where"),
    [
        ({"app.py": 'app = Flask(__name__)\n@app.get("/healthz")\n@app.get("/readyz")'}, "/readyz", "app.py:3"),
        ({"urls.py": 'path("up/", views.up)'}, "/up", "urls.py:1"),
        ({"server.js": "if (request.url === '/health') {}"}, "/health", "server.js:1"),
        ({"main.go": 'http.HandleFunc("/livez", live)'}, "/livez", "main.go:1"),
        ({"Health.java": '@GetMapping("/health")'}, "/health", "Health.java:1"),
        (
            {"deploy.yaml": "readinessProbe:\n  httpGet:\n    path: /-/custom\n", "app.py": '@app.get("/healthz")'},
            "/-/custom",
            "deploy.yaml:3",
        ),
        ({"pom.xml": "spring-boot-starter-actuator"}, "/actuator/health", "pom.xml:1"),
        ({"Dockerfile": "HEALTHCHECK CMD curl -f http://localhost:80/alive\nCMD x"}, "/alive", "Dockerfile:1"),
    ],
)
def test_the_health_path_is_read_where_it_is_written(files: Mapping[str, str], path: str, where: str):
    proposal = found(read(files, wishes=Wishes(run="./serve")), "health")
    assert (proposal.value, str(proposal.evidence[0])) == (path, where)


@pytest.mark.parametrize(
    "files",
    [
        {"tests/test_app.py": 'client.get("/healthz")'},
        {"models.py": 'STATES = (("up", "up"), ("down", "down"))'},
        {"README.md": 'curl "/healthz"'},
    ],
)
def test_what_only_looks_like_a_health_path_is_none(files: Mapping[str, str]):
    adoption = read(files, wishes=Wishes(run="./serve"))
    assert (found(adoption, "health").value, found(adoption, "health").confidence) == ("/", "low")
    assert any("No health path" in problem.detail for problem in adoption.problems)


def test_metrics_are_proposed_where_the_code_serves_them():
    assert read({**FLASK, "m.py": '@app.get("/metrics")'}).value("metrics") == "/metrics"
    assert read({**FLASK, "m.go": 'mux.Handle("/m", promhttp.Handler())'}).value("metrics") == "/metrics"
    assert read(FLASK).value("metrics") == ""


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("server.listen(3000)", "server.js"),
        ('log.Fatal(http.ListenAndServe(":8080", nil))', "main.go"),
        ("app.run(host='0.0.0.0', port=5000)", "serve.py"),
        ("server.port=8081", "application.properties"),
    ],
)
def test_a_written_in_port_is_said_with_its_line(line: str, path: str):
    adoption = read({path: f"\n{line}\n"}, wishes=Wishes(run="./serve"))
    (problem,) = [each for each in adoption.problems if "port" in each.detail]
    assert str(problem.evidence[0]) == f"{path}:2"
    assert not problem.is_blocking


@pytest.mark.parametrize(
    "files",
    [
        {"server.js": "server.listen(process.env.PORT || 3000)"},
        {"main.go": 'port := os.Getenv("PORT")\nhttp.ListenAndServe(":8080", nil)'},
        {"serve.py": 'app.run(port=int(os.environ.get("PORT", 5000)))'},
        {"Procfile": "web: gunicorn app:app", "requirements.txt": "gunicorn"},
        {"Procfile": "web: ./serve --port 8000"},
    ],
)
def test_a_port_that_is_read_is_no_problem(files: Mapping[str, str]):
    adoption = read({"Procfile": "web: ./serve", **files})
    assert not [problem for problem in adoption.problems if "PORT" in problem.detail or "port" in problem.detail]


@pytest.mark.parametrize(
    ("files", "deployed_by"),
    [
        ({".github/workflows/cd.yml": "jobs:\n  x:\n    steps:\n      - run: kubectl apply -f k8s/\n"}, "external"),
        ({".github/workflows/cd.yml": "steps:\n  - uses: superfly/flyctl-actions/setup-flyctl@master\n"}, "external"),
        ({".gitlab-ci.yml": "ship:\n  stage: deploy\n  script: ./ship\n"}, "external"),
        ({"Jenkinsfile": "stage('Deploy to production') {"}, "external"),
        ({"argo.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"}, "external"),
        ({"fly.toml": "app = 'x'"}, "external"),
        ({".github/workflows/ci.yml": "steps:\n  - run: make test\n"}, "roadbed"),
        ({".github/workflows/cd.yml": "steps:\n  - run: roadbed deploy checkout\n  - run: kubectl apply\n"}, "roadbed"),
        ({".github/workflows/docs.yml": "steps:\n  - uses: actions/deploy-pages@v4\n"}, "roadbed"),
        (
            {".github/workflows/ci.yml": "steps:\n  - uses: helm/kind-action@v1\n  - run: kubectl apply -f .\n"},
            "roadbed",
        ),
        ({}, "roadbed"),
    ],
)
def test_who_deploys_it_today(files: Mapping[str, str], deployed_by: str):
    assert read({**FLASK, **files}).value("deployed-by") == deployed_by


def test_what_is_deployed_elsewhere_gets_no_command_and_no_objective_that_nobody_measures():
    adoption = read({**FLASK, "fly.toml": ""})
    assert [file.path for file in adoption.files] == ["catalog-info.yaml"]
    assert entry_of(adoption)["metadata"]["annotations"] == {
        "roadbed.dev/health": "/",
        "roadbed.dev/deployed-by": "external",
    }
    assert any("gate check" in problem.remedy for problem in adoption.problems)
    assert read({**FLASK, "fly.toml": ""}, wishes=Wishes(is_external=False)).value("deployed-by") == "roadbed"


def test_the_proposed_entry_is_one_that_the_catalogue_takes():
    adoption = read({**FLASK, "README.md": "# Parcels\n\nTakes [parcels](x) in. And more.\n"})
    text = adoption.files[0].text
    reading = read_entities(text, file="catalog-info.yaml")
    assert reading.errors == ()
    entity = reading.entities[0]
    assert (entity.reference.name, entity.spec["owner"]) == ("parcel-api", "team-payments")
    assert entity.metadata["description"] == "Takes parcels in."
    assert entity.metadata["annotations"]["roadbed.dev/slo"] == "slo.yaml"


def test_first_objectives_are_lenient_and_counted_at_the_edge():
    documents_ = list(yaml.safe_load_all(read(FLASK).files[1].text))
    assert [document["spec"]["objectives"][0]["target"] for document in documents_] == [0.995, 0.95]
    good = [document["spec"]["indicator"]["spec"]["ratioMetric"]["good"]["metricSource"] for document in documents_]
    assert good == [
        {"type": "roadbed-edge", "spec": {"measure": "availability"}},
        {"type": "roadbed-edge", "spec": {"measure": "latency", "thresholdMs": 1000}},
    ]


def test_an_existing_entry_is_kept_and_only_annotated():
    adoption = read({**FLASK, "catalog-info.yaml": ENTRY})
    assert (adoption.name, adoption.owner) == ("labels", "team-routing")
    changed = adoption.files[0]
    removed = [line for line in changed.diff.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert removed == []
    assert "# Written by hand, keep the comments." in changed.text
    assert yaml.safe_load(changed.text)["metadata"]["annotations"]["github.com/project-slug"] == "kestrel/labels"
    assert changed.path in changed.diff


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("kind: [\n", "catalog-info.yaml:2"),
        ("kind: Group\n", "no complete Component"),
        ("", "no complete Component"),
        ("kind: Component\nmetadata: {}\nspec: {}\n", "has no name"),
    ],
)
def test_a_broken_entry_blocks_with_its_place(before: str, words: str):
    adoption = read({**FLASK, "catalog-info.yaml": before})
    assert adoption.is_blocked
    assert any(words in problem.detail for problem in adoption.problems)


def test_an_entry_that_cannot_be_added_to_is_left_and_said():
    inline = ENTRY.replace("  annotations:\n    github.com/project-slug: kestrel/labels\n", "  annotations: {a: b}\n")
    adoption = read({**FLASK, "catalog-info.yaml": inline})
    assert [file.path for file in adoption.files] == ["slo.yaml"]
    assert any(
        "left as it is" in problem.detail and "roadbed.dev/run" in problem.remedy for problem in adoption.problems
    )


def test_an_entry_in_another_document_of_the_file_is_not_touched():
    group = (
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: labels\nspec: {type: team, children: []}\n"
    )
    changed = documents.annotated(f"{group}---\n{ENTRY}---\n{group}", "labels", {"roadbed.dev/run": "./serve"})
    first, component, last = yaml.safe_load_all(changed)
    assert first == last == yaml.safe_load(group)
    assert component["metadata"]["annotations"]["roadbed.dev/run"] == "./serve"


def test_adopting_again_proposes_nothing_new():
    first = read(FLASK)
    files = {**FLASK, **{file.path: file.text for file in first.files}}
    assert read(files).files == ()


@pytest.mark.parametrize(
    ("asked", "words"),
    [(Wishes(name="other"), "is named labels"), (Wishes(owner="team-payments"), "names the owner team-routing")],
)
def test_a_wish_that_contradicts_the_entry_blocks(asked: Wishes, words: str):
    adoption = read({**FLASK, "catalog-info.yaml": ENTRY}, wishes=asked)
    assert any(words in problem.detail and problem.is_blocking for problem in adoption.problems)


@pytest.mark.parametrize(
    ("repository", "name"),
    [("Parcel_API.v2", "parcel-api-v2"), ("9lives", "lives"), ("---", "service"), ("x" * 60, "x" * 40)],
)
def test_a_name_is_made_of_the_repositorys(repository: Makes, name: str):
    assert read(FLASK, name=repository).name == name


SHELL = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60
)


@given(SHELL.filter(str.strip), SHELL)
def test_any_command_and_description_come_back_from_the_entry_unchanged(run: str, readme: str):
    adoption = read({**FLASK, "README.md": f"x{readme}"}, wishes=Wishes(run=run))
    entry = entry_of(adoption)
    assert entry["metadata"]["annotations"]["roadbed.dev/run"] == run
    assert isinstance(entry["metadata"]["description"], str)


LINES = st.lists(
    st.sampled_from([*ENTRY.splitlines(), "  annotations:", "    a: |", "      b", "---", "  x: {y: [z]}", ""]),
    max_size=16,
)


@given(LINES.map("\n".join))
def test_whatever_the_entry_looks_like_only_annotations_are_added_or_it_is_left(text: str):
    try:
        before = list(yaml.safe_load_all(text))
        after = list(yaml.safe_load_all(documents.annotated(text, "labels", {"roadbed.dev/run": "./serve"})))
    except (documents.CannotAnnotate, yaml.YAMLError):
        return
    for document in after:
        if isinstance(document, dict) and document.get("kind") == "Component":
            document["metadata"].pop("annotations", None)
    for document in before:
        if (
            isinstance(document, dict)
            and document.get("kind") == "Component"
            and isinstance(document.get("metadata"), dict)
        ):
            document["metadata"].pop("annotations", None)
    assert after == before


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "package.json",
                "Procfile",
                "go.mod",
                "pyproject.toml",
                "Cargo.toml",
                "pom.xml",
                "Dockerfile",
                "CODEOWNERS",
                "catalog-info.yaml",
                "app.py",
                "Jenkinsfile",
            ]
        ),
        st.text(max_size=60),
    )
)
def test_no_content_breaks_the_reading(files: Mapping[str, str]):
    adoption = read(files)
    assert adoption.is_blocked or adoption.value("run") or adoption.value("deployed-by") == "external"
