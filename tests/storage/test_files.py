"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnshape.storage.files import write_atomically


def test_a_file_is_new_or_replaced_and_nothing_else_is_left(tmp_path: Path):
    target = tmp_path / "net.svg"
    write_atomically(target, "größer\n")
    assert target.read_bytes() == "größer\n".encode()
    write_atomically(target, b"\x89PNG")
    assert target.read_bytes() == b"\x89PNG"
    assert [each.name for each in tmp_path.iterdir()] == ["net.svg"]


def test_permissions_are_kept_and_a_new_file_has_the_usual_ones(tmp_path: Path):
    target = tmp_path / "net.svg"
    write_atomically(target, "a")
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask
    target.chmod(0o640)
    write_atomically(target, "b")
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "real.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to("real.svg")
    write_atomically(tmp_path / "link.svg", "new")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "real.svg").read_text() == "new"


def test_a_fault_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "net.svg"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["net.svg"]


def test_what_must_last_is_on_the_disk_before_it_replaces_anything(tmp_path, monkeypatch):
    done = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("replace"), replace(*paths)))
    write_atomically(tmp_path / "state", b"x")
    assert done == ["replace"]
    write_atomically(tmp_path / "state", b"y", durable=True)
    assert done == ["replace", "sync", "replace"]
    assert (tmp_path / "state").read_bytes() == b"y"


def test_faults_name_the_file_that_was_asked_for(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as missing:
        write_atomically(tmp_path / "none" / "net.svg", "x")
    assert missing.value.filename == str(tmp_path / "none" / "net.svg")
    with pytest.raises(IsADirectoryError) as folder:
        write_atomically(tmp_path, "x")
    assert folder.value.filename == str(tmp_path)


def test_a_device_is_written_into():
    write_atomically("/dev/null", "x")
    assert not Path("/dev/null").is_file()
