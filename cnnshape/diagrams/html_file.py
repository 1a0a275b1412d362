"""One HTML file that asks no server for anything, and may not: what every page of ours shares."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256


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


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def to_json(data: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element.

    Source: HTML Standard, "Restrictions for contents of script elements".
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: rf"\u{ord(found[0]):04x}", text)
