"""What the root command imports for which command line."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer

from roadbed.cli.main import NOUNS, app, needed


@pytest.mark.parametrize("module", NOUNS)
def test_every_module_has_the_nouns_that_it_is_looked_up_by(module: str) -> None:
    made = typer.Typer(callback=lambda: None)
    import_module(f"roadbed.cli.{module}").register(made)
    assert set(typer.main.get_command(made).commands) == set(NOUNS[module])  # type: ignore[attr-defined]


def test_the_whole_command_has_all_nouns() -> None:
    assert set(typer.main.get_command(app).commands) == {noun for nouns in NOUNS.values() for noun in nouns}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("slo lint a.yaml", ("slo",)),
        ("--data /srv/slo gate check", ("gate",)),
        ("--data=/srv slo list", ("slo",)),
        ("--version", ()),
        ("", tuple(NOUNS)),
        ("--help slo", tuple(NOUNS)),
        ("slow lint", tuple(NOUNS)),
    ],
)
def test_a_command_line_needs_the_module_of_its_noun(line: str, found: tuple[str, ...]) -> None:
    assert needed(line.split()) == found


def test_linting_imports_neither_other_nouns_nor_what_makes_rules() -> None:
    program = (
        "import sys; sys.argv = ['roadbed', 'slo', 'lint', '--help']\n"
        "from roadbed.cli.main import run\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        "print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "slo lint" in done.stdout
    for unused in ("roadbed.cli.releases", "rules.generating.making", "httpx", "asyncio"):
        assert unused not in done.stdout
