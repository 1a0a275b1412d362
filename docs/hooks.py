"""What the build of the site does beside Markdown; mkdocs.yml names this file."""

from __future__ import annotations

import re
from typing import Any

SHORT = re.compile(r"<code>([^<\n]{1,24})</code>")


def on_page_content(html: str, **_: Any) -> str:
    """Mark what is short in code, so that the style sheet keeps it in one line: --stride."""
    return SHORT.sub(r'<code class="short">\1</code>', html)
