"""One HTML file that asks no server for anything, and may not: what every page of ours shares."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from .text import FONT_FAMILY
from .themes import THEMES, Theme

START = {"light": "auto", "dark": "dark", "print": "light"}
"""The `data-theme` of a page by the theme asked for; auto: as the reader's system has it."""


def fill(template: str, values: dict[str, str]) -> str:
    """The template with each @@name@@ replaced, in one pass: values are not looked into."""
    return re.sub("@@([a-z]+)@@", lambda found: values[found[1]], template)


def policy(style: str, script: str) -> str:
    """The content security policy of a page with one style and one script, and nothing else.

    Source: W3C, CSP Level 3.
    """
    return (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def colour_rules(colours: Callable[[Theme], Mapping[str, str]]) -> str:
    """The CSS of a page's colours, as custom properties that `colours` names of a theme.

    The theme is that of the page's `data-theme`; auto: as the reader's system has it. What is
    printed has the colours of paper.
    """
    light, dark, paper = (
        " ".join(f"--{name}: {colour};" for name, colour in colours(THEMES[theme]).items())
        for theme in ("light", "dark", "print")
    )
    return (
        f":root {{ --font: {FONT_FAMILY}; color-scheme: light; {light} }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f'  [data-theme="auto"] {{ color-scheme: dark; {dark} }}\n'
        "}\n"
        f'[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
        "@media print {\n"
        f"  :root[data-theme] {{ color-scheme: light; {paper} }}\n"
        "}\n"
    )


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def to_json(data: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element.

    Source: HTML Standard, "Restrictions for contents of script elements".
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: rf"\u{ord(found[0]):04x}", text)
