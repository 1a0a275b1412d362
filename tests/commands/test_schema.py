"""``cnnshape schema``."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from cnnshape.views.schema import json_schema

from ..patience import PATIENCE


@pytest.mark.slow
def test_it_is_printed_or_written(cli):
    assert json.loads(cli("schema").stdout) == json_schema()
    out = Path("schema.json")
    out.write_text("before")
    result = cli("schema", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8")) == json_schema()
    assert os.listdir() == ["schema.json"], "nothing is left beside it"


def test_the_file_has_the_rights_of_a_new_file(cli):
    Path("new").touch()
    cli("schema", "--out", "schema.json")
    assert stat.S_IMODE(os.stat("schema.json").st_mode) == stat.S_IMODE(os.stat("new").st_mode)


def test_a_link_is_followed(cli):
    Path("link.json").symlink_to("target.json")
    cli("schema", "--out", "link.json")
    assert Path("link.json").is_symlink()
    assert json.loads(Path("target.json").read_text(encoding="utf-8")) == json_schema()


def test_a_pipe_is_written_to_and_stays_one(cli):
    os.mkfifo("pipe")
    read: list[str] = []
    reader = Thread(target=lambda: read.append(Path("pipe").read_text(encoding="utf-8")))
    reader.start()
    cli("schema", "--out", "pipe")
    reader.join(timeout=PATIENCE)
    assert json.loads(read[0]) == json_schema()
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


@pytest.mark.parametrize("command", [("schema",), ("exercise", "--seed", "1")])
def test_what_cannot_be_written_is_said_alike(process, command):
    Path("folder").mkdir()
    for out, says in (("folder", "Is a directory"), ("no/x", "No such file or directory")):
        result = process(*command, "--out", out)
        assert (result.returncode, result.stderr) == (2, f"error: {out}: {says}\n")
