"""What a service needs to run, from its catalogue entry or its Score file."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.catalog.workload import Workload, workload_of, workload_of_score
from roadbed.ground.errors import Invalid

FILE = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  annotations:
    roadbed.dev/run: gunicorn app
    roadbed.dev/build: make
    roadbed.dev/health: /readyz
    roadbed.dev/metrics: /metrics
    roadbed.dev/memory-mb: "512"
    roadbed.dev/secrets: secrets.yaml
spec:
  type: service
  lifecycle: production
  owner: team-payments
  environment: {LOG_LEVEL: INFO}
"""
SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: checkout}
containers:
  web:
    image: .
    command: ["/bin/sh"]
    args: ["-c", "exec ./serve --port $PORT"]
    variables: {LOG_LEVEL: INFO}
    resources: {limits: {memory: 512Mi}}
    readinessProbe: {httpGet: {path: /readyz, port: 8080}}
service:
  ports:
    www: {port: 80, targetPort: 8080}
"""


def test_annotations_and_environment_become_the_workload():
    assert workload_of(FILE, "Checkout") == Workload(
        run="gunicorn app", build="make", health_path="/readyz", metrics_path="/metrics", secrets_path="secrets.yaml",
        environment={"LOG_LEVEL": "INFO"}, resources=workload_of(FILE, "checkout").resources,
    )  # fmt: skip
    assert workload_of(FILE, "checkout").resources.memory_mb == 512


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("roadbed.dev/run: gunicorn app", "a: b", "roadbed.dev/run"),
        ("/readyz", "readyz", "roadbed.dev/health"),
        ('"512"', '"lots"', "roadbed.dev/memory-mb"),
        ("roadbed.dev/build: make", 'roadbed.dev/build: "a\\nb"', "roadbed.dev/build"),
        ("roadbed.dev/build: make", "roadbed.dev/deployed-by: magic", "roadbed.dev/deployed-by"),
    ],
)
def test_what_cannot_be_run_is_named_by_its_annotation(before: str, after: str, field: str):
    with pytest.raises(Invalid) as refusal:
        workload_of(FILE.replace(before, after), "checkout")
    assert refusal.value.place.field == f"metadata.annotations.{field}"
    assert refusal.value.remedy


def test_a_service_of_another_cd_needs_no_run_command():
    text = FILE.replace("roadbed.dev/run: gunicorn app", "roadbed.dev/deployed-by: external")
    assert workload_of(text, "checkout").deployed_by == "external"


def test_a_missing_component_and_a_faulty_file_are_refused():
    with pytest.raises(Invalid, match="no Component basket"):
        workload_of(FILE, "basket")
    with pytest.raises(Invalid, match="owner"):
        workload_of(FILE.replace("owner: team-payments", "x: y"), "checkout")


def test_a_score_file_states_the_same():
    found = workload_of_score(SCORE)
    assert found.run == "/bin/sh -c 'exec ./serve --port $PORT'"
    assert found.environment == {"LOG_LEVEL": "INFO", "SCORE_SERVICE_PORT": "8080"}
    assert (found.health_path, found.resources.memory_mb) == ("/readyz", 512)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("score.dev/v1b1", "score.dev/v9", "score.dev/v1b1"),
        ('command: ["/bin/sh"]', "command: /bin/sh", "list of texts"),
        ("LOG_LEVEL: INFO", "LOG_LEVEL: 5", "map of texts"),
        ("targetPort: 8080", "targetPort: 99999", "port"),
        ("containers:", "others:", "containers"),
        ("  web:\n", "  other: {command: [x]}\n  web:\n", "several"),
    ],
)
def test_a_faulty_score_file_names_what_is_wrong(before: str, after: str, words: str):
    with pytest.raises(Invalid, match=words) as refusal:
        workload_of_score(SCORE.replace(before, after))
    assert refusal.value.place.line


def test_several_containers_need_a_choice():
    both = SCORE.replace("  web:\n", "  other: {command: [x]}\n  web:\n")
    assert workload_of_score(both, container="other").run == "x"
    with pytest.raises(Invalid, match="no container"):
        workload_of_score(both, container="none")


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_workload_or_refused(text: str):
    for read in (workload_of_score, lambda given: workload_of(given, "checkout")):
        with pytest.raises(Invalid):
            read(textwrap.dedent(text))
