"""Values never become a part of the script: what runs and what is shown mean the same to a real shell."""

from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.platform.runbooks.rules import commands, reading

PLACES = (
    "show {{x}}",
    "show --since={{x}}m",
    'show "{{x}}"',
    'show "a {{x}} b"',
    "show '{{x}}'",
    "show 'a {{x}} b'",
    "show a'b'{{x}}\"c\"",
    'show "$(printf %s "{{x}}")"',
    "show $(printf %s {{x}}) end",
    'y={{x}}; show "$y"',
    "show x # {{x}}'\"",
    "if true; then show {{x}}; fi",
    'show "a \\" {{x}}"',
)
HEREDOC = "cat <<EOF\na {{x}} b\nEOF\n"
PRELUDE = 'show() { for a in "$@"; do printf "<%s>" "$a"; done; printf "|"; }\n'
VALUES = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
NASTY = (
    "$(touch /tmp/pwned)",
    "`id`",
    "'; id; '",
    '"; id; "',
    "a b  c",
    "*",
    "\\",
    "-rf /",
    "${HOME}",
    "$$",
    "'\"'\"'",
)


def said(scripts: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-c", PRELUDE + "\n".join(scripts)],
        env={"PATH": os.defpath, "LANG": "C.UTF-8"} | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8", "surrogateescape")


@given(st.one_of(st.sampled_from(NASTY), VALUES))
@settings(max_examples=25)
def test_what_runs_and_what_is_shown_are_the_same_and_hold_the_value_as_it_is(value: str):
    # Word splitting of $(…) without quotes is the author's own; everywhere else the value stays one word.
    splits = [place for place in PLACES if "$(printf %s {{x}}) end" in place]
    whole = [place for place in PLACES if place not in splits] + [HEREDOC]
    ran = said([commands.script_of(place) for place in whole], commands.environment_of({"x": value}))
    shown = said([commands.shown_of(place, {"x": value}) for place in whole], {})
    assert ran == shown
    expected = [f"<{value}>", f"<--since={value}m>", f"<{value}>", f"<a {value} b>", f"<{value}>", f"<a {value} b>",
                f"<ab{value}c>", f"<{value}>", f"<{value}>", "<x>", f"<{value}>", f'<a " {value}>']  # fmt: skip
    assert ran == "".join(f"{one}|" for one in expected) + f"a {value} b\n"


@given(st.text(st.sampled_from("ab {}$()`'\"\\\n#<>;x"), max_size=40))
@settings(max_examples=60)
def test_whatever_the_script_a_value_is_only_ever_named(noise: str):
    command = f"{noise}{{{{x}}}}{noise}"
    try:
        script = commands.script_of(command)
    except ValueError:
        return
    assert "VALUE" not in script
    assert "VALUE" in commands.shown_of(command, {"x": "VALUE"}) or commands.holes(command)[0].place == "comment"


@pytest.mark.parametrize(
    "command",
    ["`echo {{x}}`", "echo ${y:-{{x}}}", "echo $(( {{x}} + 1 ))", "(( {{x}} ))", "echo $'{{x}}'", "echo \\{{x}}",
     "echo ${{x}}", "cat <<'EOF'\n{{x}}\nEOF", "cat <<EOF\n$(echo {{x}})\nEOF", 'echo "`echo {{x}}`"'],
)  # fmt: skip
def test_where_a_value_could_be_read_as_a_program_it_is_refused(command: str):
    assert [hole.place for hole in commands.holes(command)] == ["odd"]
    with pytest.raises(ValueError, match="could be read"):
        commands.script_of(command)


@pytest.mark.parametrize(
    ("command", "what"),
    [("sh -c 'echo {{x}}'", "sh -c"), ("ssh host {{x}}", "ssh"), ("ls | xargs rm {{x}}", "xargs"),
     ("eval {{x}}", "eval"),
     ('psql -c "select {{x}}"', "psql"), ("python3 -c {{x}}", "python3 -c"), ("[[ {{x}} -eq 1 ]]", "[["),
     ("bash -ec {{x}}", "bash -ec"), ("echo {{x}}", ""), ("curl --data {{x}} host", "")],
)  # fmt: skip
def test_programs_that_read_their_arguments_once_more_are_known(command: str, what: str):
    assert commands.reads_again(command) == what


@pytest.mark.parametrize(
    ("command", "changed"),
    [("rm -r x", True), ("ls | grep rm", False), ("kubectl get pods", False), ("kubectl delete pod x", True),
     ("roadbed rollback x", True), ("roadbed status x", False), ("curl -X POST host", True), ("curl host", False),
     ('psql -c "DELETE FROM x"', True), ("systemctl restart x", True)],
)  # fmt: skip
def test_what_changes_something_is_seen(command: str, *, changed: bool):
    assert bool(reading.changes(command)) is changed
