"""What a file says, what is wrong with it, who may run what, what is stale, which runbook serves, what is hidden."""

from __future__ import annotations

import itertools
import re
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.platform.runbooks.output import SHOWN, Output
from roadbed.platform.runbooks.rules import linting, matching, parameters, reading, secrecy, trusting
from roadbed.platform.runbooks.rules.naming import SLUG, slug_of
from roadbed.platform.runbooks.rules.permitting import Stand, may_run
from roadbed.platform.runbooks.rules.shapes import OPERATE, READ, Parameter
from roadbed.platform.runbooks.tests.stage import TEXT

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FILES = ("runbook.md", "slow.md", "bin/mend.sh")


def test_a_good_runbook_is_read_whole_and_nothing_is_wrong_with_it():
    read = reading.read(TEXT)
    assert (read.title, [one.title for one in read.sections]) == (
        "Lookups return 503",
        ["Meaning", "Impact", "Diagnosis", "Mitigation"],
    )
    group, restart, ring = read.steps
    assert (group.needs, group.timeout, group.parameters, group.line) == (READ, 30, ("minutes",), 20)
    assert (restart.needs, restart.confirm, restart.secrets) == (OPERATE, True, ("API_TOKEN",))
    assert (restart.rehearsal, restart.parameters) == ("echo would restart {{shard}}", ("shard",))
    assert (ring.by_hand, ring.minutes, ring.command) == (True, 10, "Call them.")
    assert linting.lint(TEXT, files=FILES) == ()


@pytest.mark.parametrize(
    ("was", "becomes", "rule", "line"),
    [
        ("## Impact\nPeople see *Try again later*.\n", "", "missing-section", 1),
        ("People see *Try again later*.", "", "empty-section", 14),
        ("echo {{minutes}}", "", "empty-step", 20),
        ("minutes: {type: integer", "minute: {type: integer", "undeclared-parameter", 20),
        ("minutes: {type: integer", "other: {}\n  minutes: {type: integer", "unused-parameter", 6),
        (" confirm secrets", " secrets", "unconfirmed", 25),
        ("echo {{minutes}}", "rm -rf /x", "unconfirmed", 20),
        ("timeout=30s", "timeout=30s needs=read", "says-read", 20),
        ("(slow.md)", "(../gone.md)", "dead-link", 18),
        ("echo {{minutes}}", "./bin/gone.sh", "dead-script", 21),
        ("echo {{minutes}}", "echo gh" + "p_0123456789abcdefghijABCDEFGHIJ0123", "secret-literal", 21),
        ("echo {{minutes}}", "echo `echo {{minutes}}`", "parameter-place", 21),
        ("shard: {description: Which one}", "shard: {pattern: '.*'}", "parameter-read-again", 26),
        ("echo {{minutes}}", "echo --to v41", "version", 20),
        ('step="Ring the vendor"', 'step="Group the errors"', "same-title", 32),
        ("timeout=30s", "timeout=3h", "info-string", 20),
        ("timeout=30s", "colour=red", "info-string", 20),
        ('```sh step="Group', '```rust step="Group', "info-string", 20),
        ("minutes: {type: integer, default: 15", "minutes: {type: integer, default: 999", "front-matter", 6),
        ("objectives: [lookups]", "objectives: [a: b: c", "front-matter", 3),
        ("pattern", "pattern", "front-matter", 0),
        ("objectives:", "objektives:", "front-matter", 3),
        ("title: Lookups return 503\n", "", "", 0),
    ],
)  # fmt: skip
def test_everything_wrong_is_found_at_its_line_with_a_remedy(was: str, becomes: str, rule: str, line: int):
    text = TEXT.replace(was, becomes, 1)
    if rule == "says-read":
        text = text.replace("echo {{minutes}}", "kill 1 {{minutes}}")
    if rule == "parameter-read-again":
        text = text.replace('kill -HUP "{{shard}}"', 'ssh host "{{shard}}"')
    found = linting.lint(text, files=FILES)
    if line:
        assert (rule, line) in [(one.rule, one.line) for one in found]
        assert all(one.remedy and one.rule in linting.RULES for one in found)
    else:
        assert found == ()


def test_steps_in_lists_above_sections_and_dry_runs_of_nothing_are_named():
    above, nested = '# T\n```sh step="Up here"\nls\n```\n', '- x\n  ```sh step="In a list"\n  ls\n  ```\n'
    text = f"{above}## Meaning\n{nested}```sh dry-run\nls\n```\n"
    assert {one.rule for one in linting.lint(text)} >= {"step-place", "nested-step", "dry-run"}
    assert reading.read("---\ntitle: x\n").front.title == ""


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_whatever_the_text_reading_answers(text: str):
    read = reading.read(text)
    linting.findings(read, text, files=())
    reading.read(f'---\n{text}\n---\n# A\n## Meaning\n```sh step="x" {text}\n```')


@settings(max_examples=40)
@given(st.text(max_size=120))
def test_a_path_gives_a_name_that_an_address_can_hold(path: str):
    assert SLUG.fullmatch(slug_of(path))


def test_names_of_files_become_names_of_runbooks():
    assert [slug_of(one, "shop") for one in ("shop/runbook.md", "shop/runbooks/Slow one.md", "shop/ops/x.md")] == [
        "runbook", "slow-one", "ops-x",
    ]  # fmt: skip


def test_values_are_taken_by_their_declaration_or_refused_all_at_once():
    read = reading.read(TEXT)
    group, restart, _ = read.steps
    assert parameters.values_of(read, group, {}) == {"minutes": "15"}
    for given_, named in (({"minutes": "0"}, "minutes"), ({"minutes": "x"}, "minutes"), ({"other": "1"}, "other")):
        with pytest.raises(Invalid) as refused:
            parameters.values_of(read, group, given_)
        assert refused.value.place.field == f"parameters.{named}"
    for value in ("", "a b", "$(id)", "-x", "a\nb", "x" * 201):
        with pytest.raises(Invalid):
            parameters.values_of(read, restart, {"shard": value})
    wide = Parameter("shard", pattern="[a-z $]{1,9}")
    assert parameters.refused(wide, "a $b") == ""
    assert parameters.refused(wide, "a\x00") != ""
    assert [bool(parameters.faulty_pattern(one)) for one in ("[a-z]+", "(a+)+", "(", "(?=x)", "a" * 201)] == [
        False, True, True, True, True,
    ]  # fmt: skip


def test_a_value_that_a_program_reads_once_more_is_inert_whatever_its_pattern():
    text = TEXT.replace("shard: {description: Which one}", "shard: {pattern: '.*'}").replace(
        'kill -HUP "{{shard}}"', 'ssh host "{{shard}}"'
    )
    read = reading.read(text)
    with pytest.raises(Invalid, match="ssh"):
        parameters.values_of(read, read.steps[1], {"shard": "$(reboot)"})
    assert parameters.values_of(read, read.steps[1], {"shard": "eu-1"}) == {"shard": "eu-1"}


def test_the_table_of_who_may_run_what():
    for member, engaged, on_call, leads, platform, duty in itertools.product((False, True), repeat=6):
        stand = Stand("Asha", "checkout", "payments", member, engaged, on_call, "Rafa" if duty else "", leads, platform)
        barred = platform and not member and not engaged
        assert may_run(READ, stand).allowed is (not barred and (member or engaged or on_call or leads))
        operates = on_call or leads or (not duty and (member or engaged))
        assert may_run(OPERATE, stand).allowed is (not barred and operates)
        assert not may_run(READ, Stand("Asha", "checkout", "payments", member=True, role="viewer")).allowed
        assert may_run(OPERATE, stand).reason


def test_trust_wears_out_and_comes_back():
    fresh = trusting.Known(NOW - timedelta(days=10))
    assert trusting.doubts(fresh, now=NOW) == ()
    cases = {
        "old": trusting.Known(NOW - timedelta(days=91)),
        "failed": trusting.Known(NOW - timedelta(days=9), run_at=NOW - timedelta(days=1), run_failed=True),
        "outrun": trusting.Known(NOW - timedelta(days=9), deployments=50),
        "gone": trusting.Known(NOW - timedelta(days=9), gone=("a script",)),
        "unread": trusting.Known(NOW - timedelta(days=9), unread="no YAML"),
    }
    assert {rule: [one.rule for one in trusting.doubts(known, now=NOW)] for rule, known in cases.items()} == {
        rule: [rule] for rule in cases
    }
    again = trusting.Known(NOW - timedelta(days=91), NOW - timedelta(hours=1), NOW - timedelta(days=1), run_failed=True)
    assert trusting.doubts(again, now=NOW) == ()


def test_the_surest_runbook_comes_first():
    offered = (
        matching.Serves("general", "general", "general.md"),
        matching.Serves("objective", "o", "o.md", objectives=("lookups",)),
        matching.Serves("alert", "a", "a.md", alerts=("TooManyErrors",)),
        matching.Serves("address", "lookups-return-503", "runbooks/x.md", alerts=("another",)),
        matching.Serves("fingerprint", "f", "f.md", fingerprints=("abc",)),
    )
    trouble = matching.Trouble(("toomanyerrors",), ("Lookups",), "abc", "https://x.example/r/lookups-return-503")
    assert [one.uid for one in matching.match(trouble, offered)] == [
        "fingerprint", "address", "alert", "objective", "general",
    ]  # fmt: skip
    file = matching.Trouble(address="https://git.example/shop/blob/main/runbooks/x.md")
    assert [one.by for one in matching.match(file, offered)] == ["address", "general"]
    assert matching.match(matching.Trouble(names=("x",)), offered[1:]) == ()


@settings(max_examples=40)
@given(st.text("abcXYZ019+/=%- ", min_size=8, max_size=60), st.integers(1, 40), st.text("., \n", max_size=99))
def test_no_piece_of_output_at_no_time_shows_a_secret_or_its_beginning(secret: str, step: int, noise: str):
    secret = f"<{secret.strip()}>"
    output = Output((secret,))
    whole = f"{noise}{secret} {noise}".encode()
    for at in range(0, len(whole), step):
        output.take(whole[at : at + step])
        assert "<" not in output.kept(over=False).text
    assert output.kept(over=True).text == f"{noise}{secrecy.HIDDEN} {noise}"


def test_output_is_cut_and_says_so_and_a_secret_at_the_cut_is_no_exception():
    output = Output(("s3cret-" * 4,))
    output.take(b"x" * (SHOWN - 9) + b"s3cret-" * 4 + b"y" * 100)
    kept = output.kept(over=True)
    assert (kept.truncated, kept.size, len(kept.text) <= SHOWN) == (True, SHOWN + 119, True)
    assert "s3cret" not in kept.text
    assert secrecy.printable("\x1b[31mred\x1b[0m\r\nx\x00") == "red\nx�"


def test_the_reference_names_every_rule_and_its_examples_have_nothing_wrong():
    docs = Path(__file__).parents[5] / "docs"
    page = (docs / "reference" / "runbooks.md").read_text()
    assert [rule for rule in linting.RULES if f"| `{rule}` |" not in page] == []
    how = (docs / "how-to" / "write-and-run-a-runbook.md").read_text()
    (example,) = re.findall(r"````markdown\n(.*?)\n   ````", how, flags=re.DOTALL)
    assert linting.lint(textwrap.dedent(example), files=("ops/group-errors",)) == ()
