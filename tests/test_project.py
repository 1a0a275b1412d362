"""What pyproject.toml, the workflow, the hooks and the papers say of one thing is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PINNED = dict(
    re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
)
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))
FORMS = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").iterdir() if path.name != "config.yml"]
CONTRIBUTING = (ROOT / "docs/CONTRIBUTING.md").read_text("utf-8")


def test_the_pythons_of_the_classifiers_are_those_that_are_tested() -> None:
    named = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', PYPROJECT)
    assert WORKFLOW["jobs"]["fast"]["strategy"]["matrix"]["python"] == named
    assert f'requires-python = ">={named[0]}"' in PYPROJECT


def test_the_workflow_runs_what_is_here() -> None:
    lines = [
        line
        for job in WORKFLOW["jobs"].values()
        for step in job["steps"]
        for line in step.get("run", "").split(" && ")
    ]
    assert ".ci/run" in lines
    for path in re.findall(r"(?:^|\s)(\.ci/\w+|\w+/[\w.]+\.yaml)\b", "\n".join(lines)):
        assert (ROOT / path).is_file(), path


def test_the_hooks_have_the_linter_of_the_tests() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks["repos"][0]["rev"] == f"v{PINNED['ruff']}"


@pytest.mark.parametrize("template", FORMS)
def test_a_form_for_issues_is_whole(template: Path) -> None:
    form = yaml.safe_load(template.read_text("utf-8"))
    assert {"name", "description", "body"} <= form.keys()
    assert len({field["id"] for field in form["body"]}) == len(form["body"])


def test_the_lowest_versions_are_what_pyproject_says(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tomllib")  # from Python 3.11 on
    code = (ROOT / ".ci/lowest").read_text("utf-8")
    exec(compile(code, "lowest", "exec"), {"__file__": str(ROOT / ".ci/lowest")})  # noqa: S102
    printed = capsys.readouterr().out.split()
    assert "torch==2.8" in printed
    for line in printed:
        assert '"' + line.replace("==", ">=") in PYPROJECT


def test_what_contributors_are_told_is_here() -> None:
    for path in re.findall(r"\b(?:tests|docs|cnnshape)/[\w./]+\w", CONTRIBUTING):
        assert (ROOT / path).exists(), path
    assert "typer>=0.26,<0.29" in PYPROJECT
    assert "typer is held below 0.29" in CONTRIBUTING
