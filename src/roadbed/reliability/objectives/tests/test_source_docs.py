"""The pages about sources of counts: their files are sound, and the source of the example counts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from roadbed.config.count_sources import KNOWN, MAKERS
from roadbed.ground.ports.counts import CountQuery, Side, SourceFailed
from roadbed.reliability.objectives.rules.indicators import PULLED, PUSHED
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all

DOCS = Path(__file__).parents[5] / "docs"


@pytest.mark.parametrize(("page", "source"), [("count-from-prometheus", PULLED), ("push-counts", PUSHED)])
def test_the_files_of_the_pages_are_counted_so(page: str, source: str) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "how-to" / f"{page}.md").read_text(), flags=re.DOTALL)
    found = read_all([Source("slo.yaml", text.encode())], Context())
    assert not found.errors
    assert found.definitions[0].indicator.source == source


def test_the_source_of_the_example_counts(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "add-a-source.md").read_text(), flags=re.DOTALL)
    held: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "add-a-source.md", "exec"), held)  # noqa: S102 - the page's own example
    (tmp_path / "all").write_text("10,5\n11,7\n12,9\n")
    (tmp_path / "bad").write_text("11,2\n")
    source = held["FileSource"](tmp_path)
    query = CountQuery("x", Side("all"), bad=Side("bad"))
    assert source.read([query], first=10, until=12).counted["x"].minutes == {10: (5, 5), 11: (5, 7)}
    assert source.read([query], first=20, until=22).counted["x"].trouble is not None
    with pytest.raises(SourceFailed):
        held["FileSource"](tmp_path / "gone").read([query], first=1, until=2)


def test_every_setting_and_type_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "sources.md").read_text()
    assert [name for name in (*KNOWN, *MAKERS) if f"`{name}`" not in page] == []
