"""Markdown to tokens and to clean HTML. Lesson files are not trusted: no raw HTML, no images, only web links."""

from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

LINKS = ("https://", "http://")
"""How a link in a lesson begins."""
TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong"}
TAGS |= {"table", "tbody", "td", "th", "thead", "tr", "ul"}


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def tokens_of(text: str) -> list[Token]:
    """The block tokens; `map` counts lines from 0."""
    return _markdown().parse(text)


def render(tokens: Sequence[Token]) -> str:
    """Clean HTML of these tokens."""
    markdown = _markdown()
    return _clean(markdown.renderer.render(list(tokens), markdown.options, {}))


def render_inline(text: str) -> str:
    """Clean HTML of one paragraph's text, such as what a check says; without a paragraph around it."""
    return _clean(_markdown().renderInline(text)).strip()


def render_text(text: str) -> str:
    """Clean HTML of a text of some paragraphs, such as a reply or a hint."""
    return _clean(_markdown().render(text)).strip()


def problem(token: Token) -> str:
    """What a lesson may not hold, in a sentence; "" when there is nothing."""
    for child in token.children or ():
        if child.type == "image":
            return "expected no image: the picture of memory is drawn by the page"
        target = child.attrGet("href") if child.type == "link_open" else None
        if target is not None and not str(target).startswith(LINKS):
            return f"expected a link that begins with https://, found {target!r:.80}"
    return "expected a link that begins with https://" if _has_refused_link(token) else ""


def _has_refused_link(token: Token) -> bool:
    """markdown-it leaves a link such as javascript: as plain text; tell the author instead."""
    texts = (child.content for child in token.children or () if child.type == "text")
    return any("](" in text and ":" in text.partition("](")[2] for text in texts)


def _clean(html: str) -> str:
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"}, link_rel="noopener")
