"""A runbook's words as HTML that a page may carry: no script, no style, no image from elsewhere, links known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_parser: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS: Final = {
    "p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def html_of(markdown: str, links: Mapping[str, str]) -> SafeString:
    """Render a stretch of Markdown.

    Args:
        markdown: as written.
        links: addresses of runbooks here by the path that a relative link leads to, as it is written.
    """
    raw = _parser.render(markdown)
    cleaned = nh3.clean(
        raw,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noreferrer",
        attribute_filter=_filter(links),
    )
    # A long line of code scrolls in a box that a keyboard reaches.
    return mark_safe(cleaned.replace("<pre>", '<pre class="rb-out" tabindex="0">'))  # noqa: S308 - nh3 cleaned it


def _filter(links: Mapping[str, str]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) != ("a", "href"):
            return value
        parts = urlsplit(value)
        if parts.scheme or parts.netloc:
            return value
        # A file of the repository that is no runbook here has no page, so its words stay without a link.
        return links.get(unquote(parts.path)) if parts.path else None

    return keep
