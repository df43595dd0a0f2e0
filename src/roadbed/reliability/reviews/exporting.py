"""A review as a file of Markdown, and people's Markdown as HTML that can do nothing."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from roadbed.reliability.reviews import queries
from roadbed.reliability.reviews.rules.markdown import markdown, prose

_TAGS = {
    "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h5", "h6", "hr", "table", "thead",
    "tbody", "tr", "th", "td", "s",
}  # fmt: skip


def export(reference: str, *, now: datetime) -> tuple[str, str]:
    """A file's name and its text."""
    page = queries.review(reference)
    return f"{page.view.name}.md", markdown(page, made_at=now)


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"]).disable("image")
    )


def html_of(text: str) -> SafeString:
    """People's Markdown as HTML: no markup of their own, links to the web and to mail alone."""
    made = _reader().render(prose(text))
    clean = nh3.clean(made, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    return mark_safe(clean)  # noqa: S308 - cleaned in the line above
