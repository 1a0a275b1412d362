"""``cnnshape exercise``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnnshape.commands import exercise as command
from cnnshape.commands._app import app

SHEET = """\
Exercises on tiny, seed 7

1. C1: Conv2d 6 maps 5×5 reads 1×32×32. Which shape comes out, channels first?

2. C1: Conv2d 6 maps 5×5 reads 1×32×32. How many parameters does it have?

3. C1: Conv2d 6 maps 5×5 reads 1×32×32. How many multiply-accumulates does it
  take?

4. S2: MaxPool2d 2×2 reads 6×28×28. A position of what it reads sees 5×5 of the
  input, and the next one lies 1×1 further on. What does a position of its
  output see?

Answers

1. 6×28×28
   W1 = 32, H1 = 32, D1 = 1; K = 6, F = 5, S = 1, P = 0
   → W2 = 28, H2 = 28, D2 = 6
   W2 = (W1−F+2P)/S+1, H2 = (H1−F+2P)/S+1, D2 = K
   (32−5+2·0)/1+1 = 28

2. 156
   weight: 6·1·5·5 = 150 (out_channels · in_channels/groups · window)
   bias: 6 (one for each output map)
   150 + 6 = 156, 100 % of the network's 156

3. 117,600
   6·28·28 outputs × 1·5·5 weights each
   4,704 × 25 = 117,600, 100 % of the network's 117,600
   FLOPs = 2 × 117,600 = 235,200

4. 6×6
   r + span·jump = 5 + 1·1 = 6; the next one sees a part 2·1 = 2 further on
   6×6 of the input's 32×32
"""
QUESTIONS, ANSWERS = SHEET.split("\nAnswers\n")
ASKED = ("exercise", "tiny.yaml", "--count", 4, "--seed", 7)


def quizzed(answers: str, *arguments: object):
    line = ["exercise", "tiny.yaml", "--quiz", "--count", "4", "--seed", "7", *map(str, arguments)]
    return CliRunner().invoke(app, line, input=answers)


def test_the_sheet_is_the_golden_one(cli, spec):
    result = cli(*ASKED)
    assert (result.exit_code, result.stdout, result.stderr) == (0, SHEET, "")


def test_its_parts_can_be_handed_out_apart(cli, spec):
    assert cli(*ASKED, "--part", "questions").stdout == QUESTIONS
    assert (
        cli(*ASKED, "--part", "answers").stdout
        == f"Exercises on tiny, seed 7\n\nAnswers\n{ANSWERS}"
    )


def test_json_keeps_the_answers_apart(cli, spec):
    data = json.loads(cli(*ASKED, "--format", "json").stdout)
    assert (data["schema"], data["seed"], len(data["questions"])) == (1, 7, 4)
    assert [each["answer"] for each in data["answers"]] == [[6, 28, 28], [156], [117600], [6, 6]]
    assert data["questions"][1]["kind"] == "parameters"
    assert "answers" not in json.loads(
        cli(*ASKED, "--format", "json", "--part", "questions").stdout
    )


def test_markdown_is_written_into_a_file(cli, spec):
    result = cli(*ASKED, "--format", "markdown", "--out", "sheet.md")
    assert (result.exit_code, result.stdout) == (0, "")
    lines = Path("sheet.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# Exercises on tiny, seed 7"
    assert "2. C1: Conv2d 6 maps 5×5 reads 1×32×32. How many parameters does it have?" in lines
    assert lines.index("## Answers") < lines.index("2. **156**")


def test_without_a_seed_the_one_that_was_taken_is_told(cli):
    first = cli("exercise", "--count", 3).stdout
    seed = first.splitlines()[0].rpartition(" ")[2]
    assert cli("exercise", "--count", 3, "--seed", seed).stdout == first


def test_fewer_questions_than_were_asked_for_are_told(cli, spec):
    result = cli("exercise", spec, "--count", 50)
    assert result.exit_code == 0
    assert result.stderr == "note: there are 6 questions to ask of it\n"


def test_a_quiz_counts_and_explains(spec):
    result = quizzed("6x28x28\n155\nx\n117,600\n\n")
    assert result.exit_code == 0
    assert "> 6x28x28\nright\n" in result.stdout
    assert "> 155\nno: 156\n  weight: 6·1·5·5 = 150" in result.stdout
    assert "> x\nexpected a number\n> 117,600\nright\n" in result.stdout
    assert "> \n6×6\n  r + span·jump = 5 + 1·1 = 6;" in result.stdout
    assert result.stdout.endswith("\n2 of 4 right\n")


def test_an_empty_line_is_never_right(spec):
    result = quizzed("\n" * 4)
    assert "> \n6×28×28\n" in result.stdout
    assert "right\n\n" not in result.stdout
    assert result.stdout.endswith("\n0 of 4 right\n")


@pytest.mark.parametrize("end", ["", "q\n", "Q\n\n"])
def test_q_or_the_end_of_stdin_ends_a_quiz(spec, end):
    result = quizzed(f"6x28x28\n{end}")
    assert result.exit_code == 0
    assert result.stdout.endswith("\n1 of 1 right, 3 not answered\n")


def test_ctrl_c_ends_a_quiz_with_its_score(spec, monkeypatch):
    def interrupted(question: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_answered", interrupted)
    result = quizzed("")
    assert result.exit_code == 130
    assert result.stdout.endswith("\n0 of 0 right\n")
    assert result.stderr == "\ninterrupted\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--count", "0"], "expected 1 to 200 questions"),
        (["--count", "1000000"], "expected 1 to 200 questions"),
        (["--seed", "-1"], "expected a number from 0"),
        (["--quiz", "--format", "json"], "leave out --format"),
        (["--quiz", "--out", "a"], "leave out --format"),
        (["--quiz", "-"], "the answers come from stdin"),
        (["--input", "32"], "options that change a spec need one"),
        (["lenet6"], "lenet6"),
    ],
)
def test_wrong_uses_are_told(cli, arguments, told):
    result = cli("exercise", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())


def test_a_sheet_never_overwrites_its_spec(cli, spec):
    before = spec.read_bytes()
    result = cli("exercise", spec, "--out", spec)
    assert result.exit_code == 2
    assert spec.read_bytes() == before


def test_a_faulty_spec_is_told(cli, faulty):
    result = cli("exercise", faulty)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error: " in result.stderr


def test_a_net_that_reads_a_vector_has_questions_too(cli):
    assert "Which shape comes out" in cli("exercise", "dcgan_generator").stdout
