"""``cnnshape calc``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def calc(cli: Callable[..., Any]) -> Callable[[str], Any]:
    """Runs the command with a line's words."""
    return lambda line: cli("calc", *line.split())


LAYER = """\
⌊(W−F+2P)/S⌋+1 with input size W = 224, window F = 7, padding P = 3, stride
  S = 2
⌊(224−7+2·3)/2⌋+1 = 112
224 → 112
every pixel is read
"""
UNREAD = """\
H: ⌊(W−F+2P)/S⌋+1 with input size W = 224, window F = 3, padding P = 0, stride
  S = 2
W: ⌊(W−F+2P)/S⌋+1 with input size W = 320, window F = 5, padding P = 0, stride
  S = 2
H: ⌊(224−3+2·0)/2⌋+1 = 111, W: ⌊(320−5+2·0)/2⌋+1 = 158
224×320 → 111×158
the last row and column of 224×320 are never read
"""
CHAIN = """\
layer  size  sees  jump  never read  why
input    32     1     1
conv5    28     5     1              (32−5+2·0)/1+1 = 28
pool2    14     6     2              (28−2+2·0)/2+1 = 14
conv5    10    14     2              (14−5+2·0)/1+1 = 10
pool2     5    16     4              (10−2+2·0)/2+1 = 5
conv5     1    32     4              (5−5+2·0)/1+1 = 1
"""
WANTED = """\
32 → 28: all 4 that fit, simplest first: those that read every pixel, then those
  of the least dilation, then those of the smallest sum of window, stride and
  paddings

settings        never read  why
-k 5                        (32−5+2·0)/1+1 = 28
-k 5 -p 2 -d 2              (32+2·2−2·(5−1)−1)/1+1 = 28
-k 5 -p 4 -d 3              (32+2·4−3·(5−1)−1)/1+1 = 28
-k 5 -p 6 -d 4              (32+2·6−4·(5−1)−1)/1+1 = 28

tried: windows up to 32 and one as wide as the map, strides up to 32, paddings
  up to 16 and half the window, dilations up to 4; where the window has one
  place, the smallest stride alone
"""
INPUTS = """\
inputs that give 5: 32 to 33; 32 leaves no pixel unread
such as 32:

layer  size  sees  jump  never read  why
input    32     1     1
conv5    28     5     1              (32−5+2·0)/1+1 = 28
pool2    14     6     2              (28−2+2·0)/2+1 = 14
pool2     7     8     4              (14−2+2·0)/2+1 = 7
conv3     5    16     4              (7−3+2·0)/1+1 = 5
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("224 -k 7 -s 2 -p 3", LAYER),
        ("224x320 -k 3x5 -s 2", UNREAD),
        ("32 conv5 pool2 conv5 pool2 conv5", CHAIN),
        ("32 --want 28 -k 5", WANTED),
        ("--want 5 conv5 pool2 pool2 conv3", INPUTS.replace("32 to 33", "32 to 35")),
    ],
)
def test_an_answer_is_the_golden_one(calc, line: str, expected: str) -> None:
    result = calc(line)
    assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("56 -k 3 -s 2 --ceil", "56 → 28"),
        ("56 -k 4 -d 3 --same", "56 → 56"),
        ("14x20 -k 4 -s 2 -p 1 --transposed", "14×20 → 28×40"),
        ("7 -k 3 -s 2 -p 1 --transposed --output-padding 1", "7 → 14"),
        ("16x112x112 -k 3x7x7 -s 1x2x2 -p 1x3x3", "16×112×112 → 16×56×56"),
        ("30 -k 3 -d 5", "30 → 20"),
        ("224 -k 100001 -d 2 -p 10000000", "is not known"),
        ("7 -k 2 -s 2", "the last position of 7 is never read"),
        ("56 --want 28 -k 1", "-k 1 -s 2"),
        ("224 --want 112", "51 more fit: --all lists them"),
        ("224 --want 112 --all", "all 71 that fit"),
        ("1x1 --want 4 --transposed", "-k 4 "),
        ("4 --want 400 -k 3", "4 → 400: nothing fits"),
        ("4 --want 8 -k 4 -s 2 -p 1", "With --transposed there are settings that fit."),
        ("4 --want 8 -k 4 -s 2 -p 1 --transposed", "4 → 8: this alone fits\n"),
        ("--want 28 -k 5", "inputs that give 28: 32 (every pixel is read)"),
        ("--want 3 up2", "inputs that give 3: none (1 gives 2, 2 gives 4)"),
        ("--want 1x2 conv3x5", "H: 3 (every pixel is read), W: 6"),
        ("--want 1 conv1s9999", "1 to 9999; of the first 64, 1 leaves no pixel unread"),
    ],
)
def test_what_else_is_answered(calc, line: str, told: str) -> None:
    result = calc(line)
    assert result.exit_code == 0, result.output
    assert told in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_chain_is_told_up_to_its_fault(calc) -> None:
    result = calc("32 conv5 pool2 conv5 pool2 conv5 pool2")
    assert (result.exit_code, result.stdout) == (1, CHAIN)
    assert "window of 2 is larger than its padded input: L is 1+2·0 = 1" in result.stderr
    assert f" 1 | 32 conv5 pool2 conv5 pool2 conv5 pool2\n   | {' ' * 33}^^^^^\n" in result.stderr


@pytest.mark.parametrize("line", ["3 -k 5", "3 -k 3 -s 0", "3 -k 3 -p 2 --ceil", "99x99 conv3x3x3"])
def test_what_cannot_be_is_a_fault(calc, line: str) -> None:
    for more in ("", "--format json", "--format markdown"):
        result = calc(f"{line} {more}")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("error: ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "give a window"),
        ("224", "give a window"),
        ("conv5", "give the input's size first"),
        ("-k 5", "give the input's size first"),
        ("32 conv5 -k 3", "options are for one layer"),
        ("32 conv5 --same", "options are for one layer"),
        ("32 --want 16 conv5", "leave out the SIZE"),
        ("32 pol2", "did you mean pool?"),
        ("32 conv5 32", "'32' is no layer"),
        ("3x -k 5", "expected a size such as 224, or 224x320, not '3x'"),
        ("nan -k 5", "give the input's size first, such as 224 or 224x320, not 'nan'"),
        ("9999999999 -k 5", "expected numbers of 9 digits at most"),
        ("32 --want 28 -k 0", "Invalid value for '--kernel-size': expected at least 1, not 0"),
        ("32 --want 16 -s 2x0", "Invalid value for '--stride': expected at least 1, not 2x0"),
        ("32 --want 0 -k 5", "Invalid value for '--want': a size must be a whole number"),
        ("32 -k 5 -p same", "(--same keeps the size), not 'same'"),
        ("32 -k 5.5", "expected the window's size, such as 5 or 3x5, not '5.5'"),
        ("32 -k 3 --ceil --same", "'--same'"),
        ("32 -k 3 --ceil --transposed", "'--ceil'"),
        ("32 -k 3 --same -p 1", "it is the padding"),
        ("32 -k 3 --output-padding 1", "it is for --transposed"),
        ("32 -k 3 --all", "--want are needed"),
        ("32 --same --want 3", "nothing to solve for"),
        ("0 -k 1", "at least 1, not 0"),
        ("32 --want 3x0 -k 1", "at least 1, not 0"),
        ("999999999x999999999x999999999 -k 3", "is too large"),
        ("32x32 --want 3x3x3", "expected one number or 3"),
        ("32 " + "conv1 " * 101, "100 layers at most"),
    ],
)
def test_wrong_uses_are_told(calc, line: str, told: str) -> None:
    result = calc(line)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())


def test_json_holds_every_step(calc) -> None:
    data = json.loads(calc("33x20 pool2 up2x3 --format json").stdout)
    assert (data["schema"], data["input"], data["output"]) == (1, [33, 20], [32, 30])
    pool, up = data["layers"]
    assert (pool["type"], pool["output"], pool["unread"]) == ("MaxPool2d", [16, 10], [1, 0])
    assert pool["rules"][0] == {
        "rule": "⌊(W−F+2P)/S⌋+1",
        "letters": {"W": 33, "F": 2, "P": 0, "S": 2},
    }
    assert (up["unread"], up["rules"], up["jump"]) == ([], [], [1, pytest.approx(2 / 3)])


def test_json_of_what_is_missing(calc) -> None:
    data = json.loads(calc("56 --want 28 -k 3 -s 2 --format json").stdout)
    assert data["given"] == {"kernel_size": [3], "stride": [2]}
    assert data["fits"][0] == {
        "settings": {"padding": 1, "dilation": 1},
        "formula": "⌊(56−3+2·1)/2⌋+1 = 28",
        "unread": [0],
    }
    data = json.loads(calc("--want 1x2 conv3x5 --format json").stdout)
    assert data["inputs"] == [
        {"first": 3, "last": 3, "whole": [3]}, {"first": 6, "last": 6, "whole": [6]},
    ]  # fmt: skip
    assert json.loads(calc("--want 3 up2 --format json").stdout)["inputs"] == [None]


def test_markdown_is_a_table(calc) -> None:
    lines = calc("32 conv5 pool2 --format markdown").stdout.splitlines()
    assert lines[1] == "|---|---:|---:|---:|---|---|"
    assert lines[-1] == "| pool2 | 14 | 6 | 2 |  | (28−2+2·0)/2+1 = 14 |"
    assert (
        "| -k 5 |  | (32−5+2·0)/1+1 = 28 |"
        in calc("32 --want 28 -k 5 --format markdown").stdout.splitlines()
    )


@pytest.mark.slow
def test_neither_torch_nor_rich_is_imported() -> None:
    program = (
        "import sys\nfrom cnnshape.commands import main\n"
        "try: main(['calc', '32', 'conv5', 'pool2'])\n"
        "except SystemExit as end: print(end.code, {'torch', 'numpy', 'rich'} & {*sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "0 set()"


def test_numbers_are_whole_however_large_or_broken(calc) -> None:
    lines = calc("9999999 conv3s999d5 conv3s999 up7").stdout.splitlines()
    assert lines[-2].split()[:4] == ["conv3s999", "11", "2009", "998001"]
    assert lines[-1].split()[:4] == ["up7", "77", "2009", "998001/7"]


def test_what_would_take_long_to_count_is_not_known(calc) -> None:
    lines = calc("65536 " + "conv99999d2p199999s3 " * 5).stdout.splitlines()
    rows = [line.split() for line in lines if line.startswith("conv")]
    assert [row[4] == "unknown" for row in rows] == [False, False, True, True, True]


def test_each_dimension_has_a_line_of_a_table(calc) -> None:
    table = calc("224x320 conv3x5s2 pool2").stdout.splitlines()
    assert table[2].endswith("  H: ⌊(224−3+2·0)/2⌋+1 = 111")
    assert table[3].strip() == "W: ⌊(320−5+2·0)/2⌋+1 = 158"
    assert calc("224x320 conv3x5 --format markdown").stdout.count("<br>W: ") == 1


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("2 -k 79", "-k 2 or less, or -p 39"),
        ("3x3 -k 5", "-k 3 or less, or -p 1"),
        ("32 conv5 pool2 conv55", "conv14 or less, or conv55p21"),
        ("8 conv3 pool2p3", "pool2p1 or less, or pool6p3"),
        ("8 pool9s9", "pool8s9 or less, or pool9s9p1"),
    ],
)
def test_a_fix_is_in_the_words_of_the_command_line_and_cures(calc, line: str, help: str) -> None:
    result = calc(line)
    assert result.exit_code == 1
    assert result.stderr.endswith(f"= help: {help}\n")
    *before, last = line.split()
    for fix in help.split(", or "):
        words = fix.removesuffix(" or less").split()
        again = [*before, last, *words] if words[0] == "-p" else [*before, *words]
        if words[0] == "-k":
            again = [*before[:-1], *words]
        assert calc(" ".join(again)).exit_code == 0, again


def test_a_fix_is_for_the_word_that_is_underlined(calc) -> None:
    result = calc("32 conv55 conv5")
    assert result.stderr.endswith("= help: conv32 or less, or conv55p12\n")
    assert calc("32 conv55p12 conv2").exit_code == 0
