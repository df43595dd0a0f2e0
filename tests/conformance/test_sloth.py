"""Sloth's own specs and the rules that it makes of them: the same verdicts, and the same rules to the last digit."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from roadbed.cli.main import app
from roadbed.reliability.objectives.rules.promql.tokens import normalised
from roadbed.reliability.objectives.tests.promtool import PROMTOOL

DATA = Path(__file__).parents[3] / "shared" / "conformance" / "sloth"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the conformance data is not beside this repository")

PAIRS = {
    "base": ["in-base.yaml"],
    "base-28d": ["in-base.yaml", "--slo-period", "28d"],
    "base-custom-windows-7d": ["in-base.yaml", "--slo-period", "7d", "--windows", "windows-7d.yaml"],
    "base-extra-labels": ["in-base.yaml", "--label", "exk1=exv1", "--label", "exk2=exv2"],
    "base-no-alerts": ["in-base.yaml", "--no-alerts"],
    "base-no-recordings": ["in-base.yaml", "--no-recordings"],
    "multifile": ["in-multifile.yaml"],
    "openslo": ["in-openslo.yaml"],
}
"""Each output that Sloth expects, and what is asked of `roadbed slo generate` for it."""


def slo(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["slo", *(str(DATA / word) if word.endswith(".yaml") else word for word in words)])
    return done.exit_code, done.stdout


def documents(text: str) -> list[list[dict[str, Any]]]:
    """The groups of each document, with their expressions in one form and Sloth's version left out."""
    found = []
    for document in yaml.safe_load_all(text):
        if document:
            for rule in (rule for group in document["groups"] for rule in group["rules"]):
                rule["expr"] = normalised(rule["expr"])
                if "sloth_version" in rule.get("labels", {}):
                    rule["labels"]["sloth_version"] = ""
            found.append(document["groups"])
    return found


def expected(name: str) -> str:
    text = (DATA / f"out-{name}.yaml.tpl").read_text()
    return text.replace("{{ .version }}", "version").replace('{{"{{', "{{").replace('}}"}}', "}}")


def test_every_output_has_its_pair() -> None:
    assert {path.name.removeprefix("out-").removesuffix(".yaml.tpl") for path in DATA.glob("out-*")} == set(PAIRS)
    used = {words[0] for words in PAIRS.values()}
    assert {path.name for path in DATA.glob("in-*")} - used == {"in-invalid-version.yaml"}


@pytest.mark.parametrize("name", PAIRS)
def test_the_rules_are_sloths(name: str) -> None:
    code, made = slo("generate", *PAIRS[name], "--style", "sloth")
    assert code == 0
    assert documents(made) == documents(expected(name))


@pytest.mark.parametrize("style", ["sloth", "roadbed"])
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here; `make setup-dev` installs it")
def test_prometheus_takes_the_rules(name: str, style: str, tmp_path: Path) -> None:
    code, _ = slo("generate", *PAIRS[name], "--style", style, "--output", str(tmp_path))
    assert code == 0
    files = sorted(tmp_path.iterdir())
    assert len(files) == (2 if (name, style) == ("multifile", "sloth") else 1)
    done = subprocess.run([str(PROMTOOL), "check", "rules", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", sorted(DATA.glob("validate/*/*.yaml")), ids=lambda path: path.name)
def test_the_verdict_is_sloths(path: Path) -> None:
    code, said = slo("lint", str(path))
    assert code == (0 if path.parent.name == "good" else 1), said


def test_folders_are_judged_like_their_files() -> None:
    assert slo("lint", str(DATA / "validate" / "good"))[0] == 0
    assert slo("lint", str(DATA / "validate" / "bad"))[0] == 1


def test_an_unknown_version_is_refused() -> None:
    assert slo("lint", "in-invalid-version.yaml")[0] == 1
    assert slo("generate", "in-invalid-version.yaml", "--style", "sloth")[0] == 1
