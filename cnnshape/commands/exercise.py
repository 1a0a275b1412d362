"""``cnnshape exercise``: a sheet of questions with their answers, or a quiz."""

from __future__ import annotations

import sys
from random import SystemRandom
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ._common import (
    SPEC_HELP,
    STDIN,
    InputOption,
    PluginOption,
    SetOption,
    VariantOption,
    complete_spec,
    files_of,
    network_or_exit,
    read_changes,
    refuse_overwriting,
    usage_error,
)
from ._printing import say, write_out

if TYPE_CHECKING:
    from ..lesson.exercises import Question

PANEL = "Explain"

SCHEMA_VERSION = 1
"""The version of what --format json writes."""
MOST = 200
"""The most questions of one sheet."""
MOST_SEED = 2**32

Part = Literal["all", "questions", "answers"]


def exercise(
    spec: Annotated[
        str | None,
        typer.Argument(
            metavar="[SPEC]",
            help=f"{SPEC_HELP} None: single layers with common settings.",
            autocompletion=complete_spec,
        ),
    ] = None,
    count: Annotated[int, typer.Option(metavar="N", help="The number of questions.")] = 10,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="The same seed gives the same questions. Default: a new one."
        ),
    ] = None,
    part: Annotated[
        Part | None, typer.Option(help="The whole sheet, or the questions or answers alone.")
    ] = None,
    quiz: Annotated[
        bool, typer.Option("--quiz", help="Ask in the terminal, and explain wrong answers.")
    ] = False,
    format: Annotated[
        Literal["text", "json", "markdown"] | None, typer.Option(help="The output format.")
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write it.")
    ] = None,
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Write a sheet of exercises, or ask them one by one.

    The questions are about output sizes, parameters, MACs and receptive fields. The answers
    follow separately, each with its formula in numbers, as `show` and `explain` compute it.

    Examples:
        cnnshape exercise
        cnnshape exercise lenet5 --quiz
        cnnshape exercise resnet50 --count 20 --seed 1 --format markdown --out sheet.md
    """
    from ..lesson.exercises import on_network, on_random_layers

    if not 1 <= count <= MOST:
        usage_error(f"expected 1 to {MOST} questions, not {count}", "--count")
    if seed is not None and not 0 <= seed < MOST_SEED:
        usage_error(f"expected a number from 0 to {MOST_SEED - 1}, not {seed}", "--seed")
    if quiz and (format or out or part):
        usage_error("it asks in the terminal: leave out --format, --part and --out", "--quiz")
    if quiz and spec == STDIN:
        usage_error("the answers come from stdin: name a file", "SPEC")
    changes = read_changes(set_, input, variant, plugin)
    if spec is None and (any(changes)):
        usage_error("options that change a spec need one", "SPEC")
    seed = SystemRandom().randrange(1000) if seed is None else seed
    title = f"Exercises, seed {seed}"
    if spec is None:
        questions = on_random_layers(count, seed)
    else:
        refuse_overwriting(out, files_of(spec, changes))
        network = network_or_exit(spec, changes)
        questions = on_network(network, count, seed)
        title = f"Exercises on {network.name}, seed {seed}"
    if len(questions) < count:
        say(f"note: there are {len(questions)} questions to ask of it", err=True)
    if quiz:
        _quiz(questions)
        return
    write_out(out, _sheet(title, seed, questions, part or "all", format or "text"))


# The sheet ----------------------------------------------------------------------------


def _sheet(title: str, seed: int, questions: list[Question], part: Part, format: str) -> str:
    asked = part != "answers"
    answered = part != "questions"
    if format == "json":
        from ..text.printable import to_json

        data = {"schema": SCHEMA_VERSION, "title": title, "seed": seed}
        if asked:
            data["questions"] = [{"kind": each.kind, "text": each.text} for each in questions]
        if answered:
            data["answers"] = [
                {"answer": list(each.answer), "why": list(each.why)} for each in questions
            ]
        return to_json(data, indent=2) + "\n"
    if format == "markdown":
        return _markdown(title, questions, asked, answered)
    width = get_terminal_size().columns
    parts = [_wrapped(title, width)]
    if asked:
        parts += [_numbered(place, [each.text], width) for place, each in enumerate(questions, 1)]
    if answered:
        parts += ["Answers\n"]
        parts += [
            _numbered(place, [each.shown, *each.why], width)
            for place, each in enumerate(questions, 1)
        ]
    return "\n".join(parts)


def _wrapped(text: str, width: int, indent: str = "") -> str:
    from ..text.printable import printable
    from ..views.plain import wrapped

    return wrapped([printable(text)], width, indent)


def _numbered(place: int, lines: list[str], width: int) -> str:
    first, *others = lines
    return _wrapped(f"{place}. {first}", width) + "".join(
        _wrapped(line, width, "   ") for line in others
    )


def _markdown(title: str, questions: list[Question], asked: bool, answered: bool) -> str:
    from ..views.text import escape_markdown

    blocks = [f"# {escape_markdown(title)}"]
    if asked:
        blocks.append("\n".join(
            f"{place}. {escape_markdown(each.text)}" for place, each in enumerate(questions, 1)
        ))  # fmt: skip
    if answered:
        blocks.append("## Answers")
        blocks.append("\n".join(
            "\n".join([f"{place}. **{each.shown}**",
                       *(f"   - {escape_markdown(line)}" for line in each.why)])
            for place, each in enumerate(questions, 1)
        ))  # fmt: skip
    return "\n\n".join(blocks) + "\n"


# The quiz -----------------------------------------------------------------------------


def _quiz(questions: list[Question]) -> None:
    """Ask one after another; q or the end of stdin ends it, and so does Ctrl-C, which is told."""
    right, asked = 0, 0
    width = get_terminal_size().columns
    say("Answer with a number, or with sizes such as 16x10x10; an empty line passes on, q ends.")
    try:
        for place, question in enumerate(questions, 1):
            say("")
            say(_wrapped(f"{place}/{len(questions)}  {question.text}", width).rstrip())
            given = _answered(question)
            if given is None:
                say("")
                break
            asked += 1
            if question.is_right(given):
                right += 1
                say("right")
            else:
                say(f"{'no: ' if given else ''}{question.shown}")
                for line in question.why:
                    say(_wrapped(line, width, "  ").rstrip())
    except KeyboardInterrupt:
        say(f"\n{right} of {asked} right")
        raise
    unasked = len(questions) - asked
    say(f"\n{right} of {asked} right" + (f", {unasked} not answered" if unasked else ""))


def _answered(question: Question) -> tuple[int, ...] | None:
    """The answer, asked for again where it is no number; () for an empty line; None: the end."""
    from ..lesson.exercises import read_answer

    while True:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline(1000)
        if not line:
            return None
        if not sys.stdin.isatty():
            say(line.strip())  # where no terminal shows what is typed
        if not line.strip():
            return ()
        if line.strip().lower() == "q":
            return None
        given = read_answer(line, question)
        if given is not None:
            return given
        say(f"expected {'sizes such as 16x10x10' if len(question.answer) > 1 else 'a number'}")
