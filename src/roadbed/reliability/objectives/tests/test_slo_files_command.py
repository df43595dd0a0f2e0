"""`roadbed slo lint` and `generate`: files in, findings or files out, exit codes, and nothing half done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.ground.errors import Refusal
from roadbed.reliability.objectives.tests import peers


def slo(*words: object, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["slo", *map(str, words)], input=text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "objectives"
    (made / "deeper").mkdir(parents=True)
    (made / "sloth.yaml").write_text(peers.SLOTH)
    (made / "deeper" / "pyrra.yml").write_text(peers.PYRRA_RATIO)
    (made / "notes.txt").write_text("nothing")
    (made / "deployment.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n")
    return made


def test_lint_reads_files_folders_and_standard_input(folder: Path) -> None:
    assert slo("lint", folder).exit_code == 0
    assert "passed over" in slo("lint", folder).stdout
    assert slo("lint", folder / "deployment.yaml").exit_code == 1
    assert "1 file, no fault found." in slo("lint", "-", text=peers.OPENSLO).stdout
    broken = slo("lint", "-", text=peers.OPENSLO.replace("0.999", "1"))
    assert broken.exit_code == 1
    assert "-:14" in broken.stdout
    assert "remedy" in broken.stdout


def test_lint_prints_findings_as_json(tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(peers.SLOTH.replace("99.9", "100"))
    done = slo("lint", file, "--json")
    assert done.exit_code == 1
    (error,) = [one for one in json.loads(done.stdout) if one["severity"] == "error"]
    assert error == {
        "file": str(file),
        "line": 6,
        "column": 5,
        "rule": "target",
        "severity": "error",
        "text": "A target of 100% has no error budget: nothing could ever be spent.",
        "remedy": "Promise less than everything, like 99.9%.",
    }


def test_wrong_words_are_wrong_usage(tmp_path: Path) -> None:
    assert slo("lint").exit_code == 2
    assert slo("lint", tmp_path, "--slo-period", "a month").exit_code == 2
    assert slo("generate", tmp_path, "--format", "csv").exit_code == 2
    assert slo("generate", tmp_path, "--label", "no-value").exit_code == 2


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    for words in (("lint", tmp_path / "gone.yaml"), ("lint", tmp_path), ("generate", tmp_path / "gone.yaml")):
        done = slo(*words)
        assert isinstance(done.exception, Refusal)
        assert str(words[1]) in str(done.exception.place)


def test_generate_prints_one_file_that_prometheus_loads_whole(folder: Path) -> None:
    done = slo("generate", folder, "--owner", "team-a")
    assert done.exit_code == 0
    (document,) = yaml.safe_load_all(done.stdout)
    names = [group["name"] for group in document["groups"]]
    assert names == ["roadbed-slo-checkout/checkout-answered", "roadbed-slo-checkout/answered"]
    assert "absent-series" not in done.stderr


def test_generate_writes_a_folder_of_files(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "rules"
    done = slo("generate", folder, "--output", out)
    assert done.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["pyrra.rules.yaml", "sloth.rules.yaml"]
    assert str(out / "sloth.rules.yaml") in done.stdout
    boards = slo("generate", folder, "--format", "grafana", "--json")
    data: dict[str, Any] = json.loads(boards.stdout)
    assert [one["name"] for one in data["files"]] == ["checkout-checkout-answered.json", "checkout-answered.json"]
    assert all(json.loads(one["text"])["panels"] for one in data["files"])
    taken = tmp_path / "taken"
    taken.write_text("")
    assert isinstance(slo("generate", folder, "--output", taken).exception, Refusal)


def test_generate_makes_nothing_of_files_with_errors(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.yaml").write_text(peers.OPENSLO.replace("0.999", "1"))
    out = tmp_path / "rules"
    done = slo("generate", folder, "--output", out)
    assert done.exit_code == 1
    assert not out.exists()
    assert "[target]" in done.stderr


def test_generate_says_when_there_is_nothing_to_make(tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(peers.SLO_GENERATOR_ELSEWHERE)
    assert isinstance(slo("generate", file).exception, Refusal)


def test_the_commands_need_no_server_packages(tmp_path: Path) -> None:
    """The client alone has neither Django nor anything of the server."""
    (tmp_path / "slo.yaml").write_text(peers.SLOTH)
    program = (
        "import sys\n"
        "barred = 'django ninja psutil prometheus_client copier structlog supervisor pyrage mmh3'.split()\n"
        "class Bar:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name.partition('.')[0] in barred: raise ImportError(name)\n"
        "sys.meta_path.insert(0, Bar())\n"
        "sys.argv = ['roadbed', 'slo', 'generate', 'slo.yaml', '--format', 'grafana']\n"
        "from roadbed.cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["panels"]
