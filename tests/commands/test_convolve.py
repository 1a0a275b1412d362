"""``cnnshape convolve``: the lesson's own figures, and what a command line can ask for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from ..patience import PATIENCE

LESSON = """\
Conv2d: 5×5 to 3×3, kernel 3×3, stride 1
(5−3+2·0)/1+1 = 3

image
[1][2][3] 4  5
[2][1][0] 1  2
[3][0][1] 1  0
 1  4  1  1  2
 2  1  1  0  0

kernel      feature map
 1  0  1      6   9  11
 1  0  1     10   4   4
 0  1  0      7   7   4

step 1 of 9: row 1, column 1: (1×1)+(2×0)+(3×1)+(2×1)+(1×0)+(0×1)+(3×0)+(0×1)+(1×0) = 6
step 2 of 9: row 1, column 2: (2×1)+(3×0)+(4×1)+(1×1)+(0×0)+(1×1)+(0×0)+(1×1)+(1×0) = 9
step 3 of 9: row 1, column 3: (3×1)+(4×0)+(5×1)+(0×1)+(1×0)+(2×1)+(1×0)+(1×1)+(0×0) = 11
step 4 of 9: row 2, column 1: (2×1)+(1×0)+(0×1)+(3×1)+(0×0)+(1×1)+(1×0)+(4×1)+(1×0) = 10
step 5 of 9: row 2, column 2: (1×1)+(0×0)+(1×1)+(0×1)+(1×0)+(1×1)+(4×0)+(1×1)+(1×0) = 4
step 6 of 9: row 2, column 3: (0×1)+(1×0)+(2×1)+(1×1)+(1×0)+(0×1)+(1×0)+(1×1)+(2×0) = 4
step 7 of 9: row 3, column 1: (3×1)+(0×0)+(1×1)+(1×1)+(4×0)+(1×1)+(2×0)+(1×1)+(1×0) = 7
step 8 of 9: row 3, column 2: (0×1)+(1×0)+(1×1)+(4×1)+(1×0)+(1×1)+(1×0)+(1×1)+(0×0) = 7
step 9 of 9: row 3, column 3: (1×1)+(1×0)+(0×1)+(1×1)+(1×0)+(2×1)+(1×0)+(0×1)+(0×0) = 4
"""


def test_the_lesson_line_by_line(cli: Any) -> None:
    assert cli("convolve").stdout.splitlines() == LESSON.splitlines()


@pytest.mark.slow
def test_the_lesson_is_the_same_from_a_file_a_text_and_stdin(cli: Any) -> None:
    Path("image.txt").write_text("1 2 3 4 5\n2 1 0 1 2\n3 0 1 1 0\n1 4 1 1 2\n2 1 1 0 0\n")
    assert cli("convolve", "--image", "image.txt", "-k", "1 0 1/1 0 1/0 1 0").stdout == LESSON
    result = subprocess.run(
        [sys.executable, "-m", "cnnshape", "convolve", "-i", "-"],
        input=Path("image.txt").read_bytes(), capture_output=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert result.stdout.decode() == LESSON


def test_json_has_every_step_and_the_map_as_rows(cli: Any) -> None:
    data = json.loads(cli("convolve", "--format", "json").stdout)
    assert data["schema"] == 1
    assert data["map"] == [[6, 9, 11], [10, 4, 4], [7, 7, 4]]
    assert data["kernel"] == [[1, 0, 1], [1, 0, 1], [0, 1, 0]]
    assert len(data["image"]) == 5
    assert data["steps"][0] == {
        "row": 0,
        "column": 0,
        "window": [[1, 2, 3], [2, 1, 0], [3, 0, 1]],
        "products": [[1, 0, 3], [2, 0, 0], [0, 0, 0]],
        "total": 6,
        "value": 6,
        "text": "(1×1)+(2×0)+(3×1)+(2×1)+(1×0)+(0×1)+(3×0)+(0×1)+(1×0) = 6",
    }
    assert [step["value"] for step in data["steps"]] == [6, 9, 11, 10, 4, 4, 7, 7, 4]


def test_channels_filters_bias_and_activation(cli: Any) -> None:
    options = ["-i", "1 2/3 4//5 6/7 8", "-k", "1 0/0 -1//0 1/1 0", "--bias", "-20"]
    text = cli("convolve", *options, "--activation", "ReLU").stdout
    assert "  channel 1: (1×1)+(2×0)+(3×0)+(4×(−1)) = −3\n" in text
    assert "  channel 2: (5×0)+(6×1)+(7×1)+(8×0) = 13\n" in text
    assert "  sum: (−3)+13+(−20) (bias) = −10, ReLU(−10) = 0\n" in text
    data = json.loads(cli("convolve", *options, "--format", "json").stdout)
    assert data["steps"][0]["sums"] == [-3, 13]
    assert (data["bias"], data["map"]) == ([-20], [[-10]])


@pytest.mark.slow
def test_28_by_28_by_3_with_4_filters(cli: Any) -> None:
    data = json.loads(cli("convolve", "-i", "3x28x28", "--filters", 4, "--format", "json").stdout)
    assert data["output_shape"] == [4, 26, 26]
    assert len(data["steps"]) == 4 * 26 * 26
    assert [len(data["map"]), len(data["map"][3]), len(data["map"][3][25])] == [4, 26, 26]
    text = cli("convolve", "--channels", 3).stdout
    assert "image, channel 3" in text
    assert "kernel, channel 3" in text


def test_padding_is_drawn_and_said(cli: Any) -> None:
    text = cli("convolve", "--padding", 1, "--stride", 2).stdout
    assert "[0]│[1][2] 3  4  5 │ 0\n" in text
    assert "The padding around the image is zeros." in text
    reflected = cli("convolve", "-p", 1, "--padding-mode", "reflect").stdout
    assert "[1] [2][1] 0  1  2   1\n   ┌" in reflected
    assert "is the image itself, mirrored at its edge." in reflected


def test_dilation_shows_its_holes_and_what_is_never_read(cli: Any) -> None:
    text = cli("convolve", "--dilation", 2).stdout
    assert "[1] 2 [3] 4 [5]\n 2  1  0  1  2\n[3] 0 [1] 1 [0]\n" in text
    assert "Dilation 2: the window has holes." in text
    assert "2 of 5 rows and 2 of 5 columns are never read" in text


def test_a_stamp_beyond_the_map_is_where_it_would_be(cli: Any) -> None:
    arguments = ("-i", "7x7", "-k", "2", "--transposed", "--padding", "2", "--still")
    text = cli("convolve", *arguments).stdout
    assert "from row −1, column 0 to row −1, column 0; what is beyond the map is cut off" in text


def test_transposed_stamps_and_adds(cli: Any) -> None:
    text = cli("convolve", "-i", "1 2/3 4", "-k", "1 1/1 1", "--transposed", "-s", "1").stdout
    assert "(2−1)·1−2·0+2 = 3\n" in text
    assert (
        "step 2 of 4: the image's row 1, column 2\n"
        "  2 × [1 1 / 1 1] = [2 2 / 2 2]\n"
        "  added to the map from row 1, column 2 to row 2, column 3\n"
        "  1 [ 3][ 2]\n  1 [ 3][ 2]\n  0   0   0\n"
    ) in text
    assert "row 2, column 2: (1×1)+(2×1)+(3×1)+(4×1) = 10\n" in text
    data = json.loads(
        cli("convolve", "-i", "1 2/3 4", "-k", "1 1/1 1", "--transposed", "--format", "json").stdout
    )
    assert data["map"] == [[1, 3, 2], [4, 10, 6], [3, 7, 4]]
    assert data["steps"][1]["terms"] == [[1, 1], [2, 1]]


def test_a_sum_of_rounded_numbers_says_so(cli: Any) -> None:
    text = cli("convolve", "-i", "0.33333333 0.66666667", "-k", "1 1").stdout
    assert "(0.3333×1)+(0.6667×1) ≈ 1\n" in text
    assert "(0.1×1)+(0.2×1) = 0.3\n" in cli("convolve", "-i", "0.1 0.2", "-k", "1 1").stdout


def test_what_no_stamp_reaches_is_said(cli: Any) -> None:
    text = cli("convolve", "-i", "1/2", "-k", "1", "--transposed", "-s", 2).stdout
    assert "row 2, column 1: no stamp = 0\n" in text


def test_markdown_is_a_handout(cli: Any) -> None:
    text = cli("convolve", "--format", "markdown").stdout
    assert text.startswith("## Conv2d: 5×5 to 3×3, kernel 3×3, stride 1\n")
    assert "| step 1 of 9: row 1, column 1 | (1×1)+(2×0)" in text
    assert text.count("\n| step ") == 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--stride", "0"], "stride must be a whole number of at least 1"),
        (["--stride", "a"], "not 'a'"),
        (["--padding", "-1"], "2x1, or same, or valid, not '-1'"),
        (["-k", "9x9"], "help: a window of at most 5, or --padding 2"),
        (["-p", "same", "-s", "2"], "help: --stride 1, or --padding 1"),
        (["-p", "7", "--padding-mode", "reflect"], "help: --padding of at most 4, or --padding-m"),
        (["--padding-mode", "reflect"], "reflect fills the padding, and there is none"),
        (["--output-padding", "1"], "add --transposed"),
        (["--transposed", "--padding-mode", "reflect"], "padding_mode must be 'zeros'"),
        (["--transposed", "-p", "9"], "--padding of at most 3"),
        (["--bias", "1 2"], "expected one number, not 2"),
        (["--bias", "x"], "row 1, column 1: 'x' is no number"),
        (["-i", "-", "-k", "-"], "stdin holds the image"),
        (["-i", "nets.txt"], "there is no file 'nets.txt'"),
        (["-i", "1 2/3 x"], "row 2, column 2: 'x' is no number"),
        (["--theme", "dark"], "name one by --out"),
        (["--speed", "2", "--format", "json"], "nothing moves here"),
        (["--speed", "2", "--still"], "nothing moves here"),
        (["--still", "--out", "a.svg"], "it is for what is printed as text"),
        (["--speed", "0"], "expected a number from 0.001 to 20, not 0"),
        (["--speed", "1e-9", "--out", "a.gif"], "expected a number from 0.001 to 20, not 1e-09"),
        (["--stride", ""], "'--stride': expected a number, or two such as 2x1, not ''"),
        (["--channels", "1000000000"], "are 24,999,999,975 numbers: expected 1 to 1,000,000"),
        (["-i", "nan 1/2 3"], "row 1, column 1: 'nan' is no number"),
        (["-i", "１ ２/３ ４"], "row 1, column 1: '１' is no number"),
        (["--out", "a.png"], "expected a file that ends in .svg, .html or .gif"),
        (["--out", "a.svg", "--out", "./a.svg"], "a.svg is named twice"),
        (["-i", "100x100", "-k", "20x20"], "a lesson has room for 1,000,000"),
    ],
)
def test_what_cannot_be_is_a_usage_error(cli: Any, options: list[str], told: str) -> None:
    result = cli("convolve", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())


def test_an_output_never_overwrites_an_input(cli: Any) -> None:
    Path("a.svg").write_text("1 2/3 4")
    Path("b.html").symlink_to("a.svg")
    for options in (["-i", "a.svg", "-o", "b.html"], ["-k", "a.svg", "-o", "a.svg"]):
        result = cli("convolve", *options)
        assert result.exit_code == 2
        assert "would be overwritten" in result.stderr
    assert Path("a.svg").read_text() == "1 2/3 4"


def test_a_name_from_outside_disturbs_no_terminal(cli: Any) -> None:
    result = cli("convolve", "-i", "\x1b[31m")
    assert "\x1b" not in result.stderr
    Path("x.txt").write_text("1 \x1b[31m")
    result = cli("convolve", "-i", "x.txt")
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr


@pytest.mark.slow
def test_colour_only_where_it_may_be(process: Any) -> None:
    assert "\x1b" not in process("convolve").stdout
    assert "\x1b[30;46m 1 \x1b[0m" in process("convolve", FORCE_COLOR="1").stdout
    assert "\x1b" not in process("convolve", FORCE_COLOR="1", NO_COLOR="1").stdout


@pytest.mark.slow
def test_no_torch_numpy_or_rich_is_imported() -> None:
    code = (
        "import sys\nfrom cnnshape.commands import main\n"
        "try: main(['convolve'])\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'numpy', 'rich', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# Files --------------------------------------------------------------------------------


@pytest.mark.slow
def test_files_are_drawn_and_nothing_is_printed(cli: Any) -> None:
    result = cli("convolve", "-o", "a.svg", "-o", "a.html", "-o", "a.gif", "--theme", "dark")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert Path("a.svg").read_text().startswith("<?xml")
    assert Path("a.html").read_text().startswith("<!doctype html>")
    assert Path("a.gif").read_bytes().startswith(b"GIF89a")
    assert cli("convolve", "-o", "a.svg", "--format", "text").stdout == LESSON


@pytest.mark.slow
def test_a_slow_gif_is_written(cli: Any) -> None:
    result = cli("convolve", "-i", "1 2", "-k", "1", "--speed", "0.001", "-o", "a.gif")
    assert (result.exit_code, result.stderr) == (0, "")
    assert Path("a.gif").read_bytes().startswith(b"GIF89a")


@pytest.mark.slow
def test_what_is_too_long_to_move_is_said(cli: Any) -> None:
    result = cli("convolve", "-i", "30x30", "-o", "a.svg")
    assert result.exit_code == 0
    assert "a.svg stands still: it has 784 steps" in result.stderr
    result = cli("convolve", "-i", "30x30", "-o", "b.svg", "-o", "a.gif")
    assert result.exit_code == 2
    assert "a GIF of 784 steps is too long" in " ".join(result.stderr.split())
    assert not Path("b.svg").exists()


# A terminal ---------------------------------------------------------------------------


class _Terminal:
    """`convolve` on a terminal of 24 lines and 80 columns."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        env = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1", **environment}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "cnnshape", "convolve", *arguments],
            env=env,
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def send(self, keys: str, told: str) -> None:
        self.child.send(keys)
        self.child.expect_exact(told)

    def end(self) -> str:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return str(self.child.before)


@pytest.mark.slow
def test_it_steps_by_key() -> None:
    terminal = _Terminal("--speed", "0.001")
    terminal.child.expect_exact("step 1 of 9")
    terminal.send(" ", "step 2 of 9: row 1, column 2")
    terminal.send("\x1b[C", "step 3 of 9")
    terminal.send("\x1b[D", "step 2 of 9")
    terminal.send("\x1b[F", "step 9 of 9")
    terminal.send("\x1b[H", "step 1 of 9")
    terminal.child.send("q")
    rest = terminal.end()
    # The screen and the cursor are given back, and the map is left.
    assert "\x1b[?25h\x1b[?1049l" in rest
    assert rest.rstrip().endswith("7   7   4")
    assert terminal.child.exitstatus == 0


@pytest.mark.slow
def test_it_is_drawn_again_when_the_terminal_is_resized() -> None:
    terminal = _Terminal("--speed", "0.001")
    terminal.child.expect_exact("step 1 of 9")
    terminal.child.setwinsize(10, 60)
    terminal.child.expect_exact("step 1 of 9")
    terminal.child.send("q")
    terminal.end()


@pytest.mark.slow
def test_it_plays_to_the_end_and_waits_there() -> None:
    terminal = _Terminal("--speed", "20")
    terminal.child.expect_exact("step 9 of 9")
    terminal.child.expect_exact("space or →: ends")
    terminal.child.send(" ")
    assert "feature map" in terminal.end()


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_gives_the_terminal_back(sent: signal.Signals, status: int) -> None:
    terminal = _Terminal("--speed", "0.001")
    terminal.child.expect_exact("step 1 of 9")
    terminal.child.kill(sent)
    rest = terminal.end()
    assert "\x1b[?25h\x1b[?1049l" in rest
    assert ("interrupted" in rest) == (sent == signal.SIGINT)
    assert terminal.child.exitstatus == status


@pytest.mark.slow
@pytest.mark.parametrize("how", [{"TERM": "dumb"}, {"still": "1"}])
def test_still_where_it_cannot_or_shall_not_move(how: dict[str, str]) -> None:
    still = ["--still"] if how.pop("still", "") else []
    text = _Terminal(*still, **how).end()
    assert "\x1b[?1049h" not in text
    assert "step 9 of 9" in text
    assert max(map(len, text.splitlines())) <= 80
