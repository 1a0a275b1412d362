"""Slips of the hand in YAML: what was probably meant by a line, to be tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..errors import Mark
from ..fixes import Fix

_SIZES = r"-?[\d$\w. ]+(?:,[-\d$\w. ]+)*,?"
_FULL_WIDTH = str.maketrans("：，｛｝［］（）“”„‘’\u00a0\u3000−–—", ':,{}[]()"""\'\'  ---')

_Rewrite = str | Callable[[re.Match[str]], str]

LINES: tuple[tuple[str, str, _Rewrite], ...] = (
    ("indent with spaces, not with tabs", r"^[ \t]*\t[ \t]*", lambda m: m[0].replace("\t", "  ")),
    ("write a space, not a tab", r"\t", " "),
    ("put a space after the dash", r"^(\s*)-(?=[^\s-])", r"\1- "),
    ("begin the item with a dash and a space", r"^(\s*)(?:\*|•|·|\+)\s+", r"\1- "),
    ("put a space after the colon", r"(?<=[{,\s])(\w+):(?=[^\s:/])", r"\1: "),
    ("put a space after the colon", r"^(\s*(?:- )?\w+):(?=[^\s:/])", r"\1: "),
    ("write a colon, not =", r"(?<=[{,\s])(\w+)\s*=\s*(?=[^\s=])", r"\1: "),
    ("put a comma between two arguments", r"(?<=[\w\]\"'])\s+(?=\w+:\s)", ", "),
    ("quote an expression", r"(?<![\"'\w$])(\$\{[^{}\"]*\})(?![\"'])", r'"\1"'),
    ("a parameter stands after $", r"(?<=: )\{\{?\s*(\w+)\s*\}\}?", r"$\1"),
    ("an expression stands in ${ }", r"(?<=: )\{\{?\s*([^{}\"':,]+?)\s*\}\}?", r'"${\1}"'),
    ("write a list with [ ], not ( )", rf"\(({_SIZES})\)", r"[\1]"),
    ("write two sizes as a list", r"(?<![\w\"'])(\d+)\s*[x×]\s*(\d+)(?![\w\"'])", r"[\1, \2]"),
    ("end it with a colon", r"^(\s*\w+)\s*$", r"\1:"),
    ("quote a text that holds ': '", r"^(\s*\w+: )([^\"'{\[].*: .*)$", r'\1"\2"'),
    ("quote a text that begins with a special character", r"^(\s*\w+: )([@`%!&*>|].*)$", r'\1"\2"'),
    ("a parameter stands after $", r"(?<=: )[@%](?=\w)", "$"),
    ("leave out one comma", r",(\s*),", r","),
    ("leave out the comma at the end", r",\s*$", ""),
    ("write a comma, not ;", r";", ","),
    ("write plain quotes, colons, brackets and signs", r"[：，｛｝［］（）“”„‘’\u00a0\u3000−–—]",
     lambda m: m[0].translate(_FULL_WIDTH)),
)  # fmt: skip
"""What to say, what is looked for in a line, and what is written instead."""

_CLOSING = {"{": "}", "[": "]"}

VALUES: tuple[tuple[str, str, _Rewrite], ...] = (
    ("write true", r"(?i)^[\"']?(yes|on|y|true|1)[\"']?$", "true"),
    ("write false", r"(?i)^[\"']?(no|off|n|false|0)[\"']?$", "false"),
    ("write null", r"(?i)^[\"']?(none|nil|nan)[\"']?$", "null"),
    ("write no quotes, or plain ones", r"^[“”„‘’](.*)[“”„‘’]$", r"\1"),
    ("write a plain number", r"^[\"'](-?\d+(?:\.\d+)?)[\"']$", r"\1"),
    ("write a whole number", r"^(-?\d+)\.0*$", r"\1"),
    ("write the number without separators", r"^\d{1,3}(?:[,_' ]\d{3})+$",
     lambda m: re.sub(r"\D", "", m[0])),
    ("write a point, not a comma", r"^[\"']?(\d+),(\d+)[\"']?$", r"\1.\2"),
    ("write a fraction", r"^[\"']?(\d{1,2})\s*%[\"']?$", lambda m: f"{int(m[1]) / 100:g}"),
    ("// divides to a whole number", r"^(\"\$\{[^\"/]*)/([^\"/]*\}\")$", r"\1//\2"),
    ("write a list", r"^[\"']?(\d+)\s*[x×*]\s*(\d+)[\"']?$", r"[\1, \2]"),
    ("write a list", r"^[\"']?(\d+)\s*[x×*]\s*(\d+)\s*[x×*]\s*(\d+)[\"']?$", r"[\1, \2, \3]"),
    ("write a list with [ ]", r"^[\"']?[(\[]([^()\[\]]*)[)\]][\"']?$", r"[\1]"),
    ("write a list with [ ]", r"^[\"']?(\d+(?:\s*,\s*\d+)+)[\"']?$", r"[\1]"),
    ("write it in small letters", r"^[\"']?([A-Za-z_]*[A-Z][A-Za-z_]*)[\"']?$",
     lambda m: m[1].lower()),
    ("a parameter stands after $",
     r"^([\"']?)\$?[({<\[%]*\s*([A-Za-z_]\w*)\s*[)}>\]%]*\1$", r"$\2"),
    ("an expression stands in ${ }", r"^([\"']?)\$(\w+)([^\"'{}$]*[-+*/%][^\"'{}$]*)\1$",
     r'"${\2\3}"'),
    ("an expression stands in ${ }",
     r"^([\"']?)\$?[({]*\s*([^\"'{}$()]*\w)\s*[)}]*\1$", r'"${\2}"'),
    ("write a list with [ ]", r"^(\w+)$", r"[\1]"),
)  # fmt: skip
"""The same for the one value that a message underlines."""


def of_line(lines: list[str], number: int) -> Iterator[Fix]:
    """What may have been meant by line `number`, counted from 1: each a fix that rewrites it."""
    line = lines[number - 1]
    mark = Mark(number, 1, len(line))
    for says, wanted, instead in LINES:
        changed = re.sub(wanted, instead, line)
        if changed != line:
            yield _written(says, changed, mark)
    if mended := _closed(line):
        yield _written("close what is opened", mended, mark)
    yield from _indented(lines, number, mark)


def of_value(value: str, mark: Mark) -> Iterator[Fix]:
    """What may have been meant by a value that stands at a mark."""
    for says, wanted, instead in VALUES:
        changed = re.sub(wanted, instead, value.strip())
        if changed != value:
            shown = says if says.endswith(changed) else f"{says}: {changed}"
            yield Fix(shown, text=changed, mark=mark)


def _written(says: str, changed: str, mark: Mark) -> Fix:
    shown = changed.strip()
    return Fix(f"{says}: {shown}" if len(shown) <= 60 else says, text=changed, mark=mark)


def _closed(line: str) -> str:
    """The line with every bracket and quote closed, and none closed that is not open; or ''."""
    kept, opened, quote = "", "", ""
    for char in line:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in _CLOSING:
            opened += char
        elif char in _CLOSING.values():
            if char not in [_CLOSING[each] for each in opened]:
                continue
            while _CLOSING[opened[-1]] != char:
                kept += _CLOSING[opened[-1]]
                opened = opened[:-1]
            opened = opened[:-1]
        kept += char
    if quote:
        # A quote is closed before the brackets around it, and before a comma.
        start = kept.rindex(quote)
        end = start + 1 + len(kept[start + 1 :].partition(",")[0].rstrip("]} "))
        return _closed(kept[:end] + quote + kept[end:]) or kept[:end] + quote + kept[end:]
    mended = kept + "".join(_CLOSING[each] for each in reversed(opened))
    return "" if mended == line else mended


def _indented(lines: list[str], number: int, mark: Mark) -> Iterator[Fix]:
    """The line as far to the right as one of the lines above it."""
    line = lines[number - 1]
    text = line.lstrip()
    seen = {len(line) - len(text)}
    for above in reversed(lines[max(0, number - 8) : number - 1]):
        width = len(above) - len(above.lstrip())
        for indent in (width, width + 2):
            if above.strip() and indent not in seen:
                seen.add(indent)
                says = f"indent it by {indent} spaces, as the lines above"
                yield Fix(says, text=" " * indent + text, mark=mark)
