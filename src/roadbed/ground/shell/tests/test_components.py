"""Each component draws what its value says: a state is always icon, word and colour; unknown is “No data”."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from roadbed.ground.shell import gallery
from roadbed.ground.shell.components import ICONS, WORDS, Coverage, Event, Fact, Line, Node, Segment, Stat, State

NOW = datetime(2026, 6, 11, 13, 52, tzinfo=UTC)
SRC = Path(__file__).resolve().parents[3]


def draw(source: str, **context: Any):
    return Template("{% load shell %}" + source).render(Context({"now": NOW, **context}))


@pytest.mark.parametrize("kind", ICONS)
def test_a_state_is_an_icon_a_word_and_a_colour(kind: State):
    html = draw("{% state kind %}", kind=kind)
    assert f"is-{kind}" in html
    assert f"#i-{ICONS[kind]}" in html
    assert WORDS[kind] in html


def test_a_word_of_ones_own_replaces_the_usual_one_and_is_escaped():
    html = draw('{% state "bad" word %}', word="<b>2 spent</b>")
    assert "&lt;b&gt;2 spent" in html
    assert "Budget spent" not in html


def test_a_budget_says_in_words_what_is_left():
    html = draw('{% meter 0.184 "warn" %}')
    assert 'aria-label="18.4% of the error budget is left"' in html
    assert 'width="18.4%"' in html
    assert 'x1="25%"' in html


def test_an_overspent_budget_says_by_how_much():
    html = draw('{% meter left "bad" %}', left=-0.023)
    assert "Error budget overspent by 2.3%" in html
    assert "<span>−2.3%</span>" in html


def test_a_budget_overspent_many_times_still_fits_its_track():
    assert 'class="f" width="100.0%"' in draw('{% meter left "bad" %}', left=-7.5)


def test_an_unknown_budget_draws_no_bar():
    html = draw('{% meter None "unknown" since="12:20" %}')
    assert "No data since 12:20" in html
    assert "<svg" not in html


def test_a_sparkline_keeps_its_gap():
    html = draw('{% spark values "rising" %}', values=[1, 2, None, None, 3, 4])
    assert html.count("<polyline") == 2
    assert html.count('class="gap"') == 1


def test_a_sparkline_of_nothing_says_so():
    assert "No data" in draw('{% spark values "silent" %}', values=[None, None])


def test_a_stat_without_a_value_says_no_data():
    html = draw("{% stat one %}", one=Stat("Recovery", None, "min"))
    assert "No data" in html
    assert "is-none" in html
    assert "<small>" not in html


def test_a_stat_draws_its_interval():
    html = draw("{% stat one %}", one=gallery.STATS[0])
    assert 'aria-label="9.1 to 15.4%"' in html
    assert 'cx="39.700%"' in html


def test_a_coverage_strip_gives_each_kind_its_shape_and_its_minutes():
    html = draw("{% coverage strip %}", strip=gallery.COVERAGE)
    assert html.count("url(#rb-hatch)") == 2
    assert "Unmeasured 115 min" in html
    assert sum(gallery.COVERAGE.minutes.values()) == 24 * 60


def test_a_coverage_strip_keeps_a_short_bad_minute_visible():
    strip = Coverage((Segment("bad", 0.5, 0.00002),), {"bad": 1}, "one bad minute")
    html = draw("{% coverage strip %}", strip=strip)
    assert 'width="0.350%"' in html
    assert "Good none" in html
    assert "Excluded" not in html


def test_a_figure_carries_data_as_json_and_a_table_that_says_the_same():
    html = draw("{% figure one %}", one=gallery.FIGURE)
    data = json.loads(re.search(r'<script id="gallery-chart" type="application/json">(.*?)</script>', html).group(1))
    assert data["series"][0]["values"] == [64, 62, 70, 68]
    assert html.count("<tr>") == 5
    assert "<details>" in html


def test_a_fact_without_value_says_what_is_missing():
    html = draw("{% facts all %}", all=[Fact("Owner"), Fact("Engagement", absent="None: the owner answers")])
    assert "No data" in html
    assert "None: the owner answers" in html


def test_steps_mark_the_present_one_and_speak_of_the_done():
    html = draw("{% steps names 2 %}", names=("Path", "Service", "Review"))
    assert html.count('aria-current="step"') == 1
    assert "done: </span>" in html


def test_a_tree_opens_the_folder_of_the_present_file():
    html = draw('{% tree nodes "Files" %}', nodes=gallery.TREE)
    assert "<details open>" in html
    assert html.count('aria-current="true"') == 1


def test_a_tree_keeps_other_folders_closed():
    assert "<details>" in draw('{% tree nodes "Files" %}', nodes=[Node("tests", children=(Node("a.py", "#a"),))])


def test_a_diff_shows_sign_and_the_readers_own_answer():
    html = draw('{% diff lines "one" %}', lines=[Line("add", "    name: <x>", 4, marked=True), Line("del", "old", 5)])
    assert "    <mark>name: &lt;x&gt;</mark>" in html
    assert '<td class="sg">−</td>' in html


def test_a_verdict_says_what_clears_it():
    html = draw("{% verdict one %}", one=gallery.VERDICT)
    assert "What clears it" in html
    assert "Above 25%, on 27 June." in html


def test_a_timeline_gives_the_exact_instant_with_its_zone():
    html = draw("{% timeline all %}", all=[Event(NOW, "rocket", "v412 deployed", state="info")])
    assert 'title="11 June 2026 13:52:00 UTC"' in html


def test_a_confirmation_posts_with_the_csrf_token_and_can_be_left():
    html = draw("{% confirmation one %}", one=gallery.CONFIRMATION, csrf_token="tok")
    assert 'method="post"' in html
    assert 'value="tok"' in html
    assert 'formmethod="dialog"' in html


def test_a_confirmation_as_a_page_leads_back_by_a_link():
    html = draw("{% confirmation one page=True %}", one=gallery.CONFIRMATION, csrf_token="tok", back="/services/x")
    assert "<dialog" not in html
    assert 'href="/services/x"' in html


def test_progress_says_the_count_in_words():
    assert 'aria-label="3 of 5 steps done"' in draw("{% progress 3 5 %}")


def test_initials_of_a_person():
    assert "ML</b>Mara Lindqvist" in draw('{% person "Mara Lindqvist" %}')


def test_a_service_says_its_state_to_who_does_not_see_it():
    html = draw('{% service "checkout" "/services/checkout" "bad" %}')
    assert 'title="budget spent"' in html
    assert ", budget spent</span>" in html


def test_every_icon_that_a_template_or_a_page_names_is_in_the_sprite():
    there = set(re.findall(r'id="i-([\w-]+)"', render_to_string("shell/sprite.html")))
    named = set(ICONS.values())
    for path in SRC.rglob("templates/**/*.html"):
        if "bundled" not in path.parts:
            named |= set(
                re.findall(r'{% (?:icon|nothing) "([\w-]+)"|symbol="([\w-]+)"', path.read_text()) and _icons(path)
            )
    assert named - there == set()


def _icons(path: Path):
    # An icon is named by the tag that draws it, by a part that takes one, or by a value made in a page's code.
    found = re.findall(r'{% (?:icon|nothing) "([\w-]+)"|symbol="([\w-]+)"', path.read_text())
    return {one or two for one, two in found}


def test_no_template_carries_a_style_or_a_script_of_its_own():
    for path in SRC.rglob("templates/**/*.html"):
        if "bundled" in path.parts:
            continue
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son(?!e=)[a-z]+=|<style|hx-on|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", text), path
        assert not re.search(r"#[0-9a-fA-F]{6}\b", text), path
