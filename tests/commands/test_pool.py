"""``cnnshape pool``."""

from __future__ import annotations

import json
from typing import Any

import pytest

LESSON = """\
MaxPool2d: 4×4 to 2×2, window 2×2, stride 2
(4−2+2·0)/2+1 = 2

image
[1][1] 2  4
[5][6] 7  8
 3  2  1  0
 1  2  3  4

pooled map
 6  8
 3  4

step 1 of 4: row 1, column 1: max(1, 1, 5, 6) = 6
step 2 of 4: row 1, column 2: max(2, 4, 7, 8) = 8
step 3 of 4: row 2, column 1: max(3, 2, 1, 2) = 3
step 4 of 4: row 2, column 2: max(1, 0, 3, 4) = 4
"""


def test_the_lesson_line_by_line(cli: Any) -> None:
    assert cli("pool").stdout.splitlines() == LESSON.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--type", "average"], "(1+1+5+6)/4 = 3.25"),
        (["--type", "average", "-p", "1"], "(0+0+0+1)/4 = 0.25"),
        (["--type", "average", "-p", "1", "--no-count-include-pad"], "(0+0+0+1)/1 = 1"),
        (["--type", "average", "--divisor", "2"], "(1+1+5+6)/2 = 6.5"),
        (["--type", "lp"], "√(1²+1²+5²+6²) ≈ 7.937"),
        (["--type", "lp", "--norm", "1"], "1+1+5+6 = 13"),
        (["--type", "lp", "--norm", "inf"], "max(|1|, |1|, |5|, |6|) = 6"),
        (["--type", "lp", "--norm", "4"], "(1^4+1^4+5^4+6^4)^(1/4) ≈ 6.622"),
        (["--type", "lp", "-i", "3 4", "-k", "1x2"], "√(3²+4²) = 5"),
        (["--type", "lp", "-k", "3", "--ceil-mode"], "√((4²+8²+0²)·9/3) ≈ 15.49"),
        (["-p", "1"], "max(1) = 1"),
        (["-p", "1"], "The padding around the image is −∞, which is never the largest."),
        (["-k", "3", "--ceil-mode"], "max(4, 8, 0) = 8"),
        (["-k", "3"], "the last row and column of 4×4 are never read"),
        (["--channels", "2"], "step 8 of 8: channel 2, row 2, column 2: max("),
    ],
)
def test_what_a_pool_is_asked_for(cli: Any, options: list[str], told: str) -> None:
    assert told in cli("pool", *options).stdout


def test_json(cli: Any) -> None:
    data = json.loads(cli("pool", "-k", 3, "--ceil-mode", "--format", "json").stdout)
    assert data["map"] == [[7, 8], [3, 4]]
    assert data["kernel"] is None
    assert data["steps"][1]["window"] == [[4, None, None], [8, None, None], [0, None, None]]


def test_json_has_null_for_what_is_no_number(cli: Any) -> None:
    text = cli("pool", "--type", "lp", "--norm", 3, "-i", "-1 -1/-1 -1", "--format", "json").stdout
    data = json.loads(text)
    assert (data["map"], data["steps"][0]["value"]) == ([[None]], None)
    assert json.loads(cli("pool", "-p", 1, "--format", "json").stdout)["map"][0] == [1, 2, 4]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["-p", "2"], "help: --padding of at most 1, or a window of at least 4"),
        (["--norm", "2"], "--type max has none: it goes with lp"),
        (["--type", "lp", "-p", "1"], "--type lp has none: it goes with max or average"),
        (["--type", "average", "-d", "2"], "it goes with max"),
        (["--type", "lp", "--norm", "0"], "norm_type must not be 0"),
        (["--type", "lp", "--norm", "-1"], "expected a number above 0, not -1"),
        (["--type", "lp", "--norm", "nan"], "norm_type must be a number, not nan"),
        (["--type", "average", "--divisor", "0"], "plain sum, or no --divisor for the mean"),
        (["--type", "average", "--no-count-include-pad"], "there is no padding that could count"),
        (["--stride", ""], "'--stride': expected a number, or two such as 2x1, not ''"),
        (["-p", "same"], "'--padding': expected a number, or two such as 2x1, not 'same'"),
        (["--channels", "1000000000"], "are 15,999,999,984 numbers: expected 1 to 1,000,000"),
        (["-k", "5"], "help: a window of at most 4"),
        (["-k", "0"], "of at least 1, or two such as 2x1, not 0"),
    ],
)
def test_what_cannot_be_is_a_usage_error(cli: Any, options: list[str], told: str) -> None:
    result = cli("pool", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())
