"""``cnnshape predict``."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnshape.torch_backend import devices

pytestmark = pytest.mark.torch


@pytest.fixture
def digits() -> Path:
    """Test digits as images, named by their number and class."""
    from cnnshape.training.data import load_data

    folder = Path("digits")
    folder.mkdir()
    test = load_data("digits", input_shape=(1, 32, 32)).test
    for number in range(10):
        pixels = test.pixels(np.array([number]))[0, 0]
        Image.fromarray(pixels).resize((40, 40)).save(
            folder / f"{number}_is_{test.labels[number]}.png"
        )
    return folder


def test_digits_are_told(cli, run, digits):
    result = cli("predict", run, digits, "--format", "csv", "--top", 2)
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == ["path", "rank", "class", "probability"]
    assert [row["rank"] for row in rows] == ["1", "2"] * 10
    right = [row["class"] == Path(row["path"]).stem[-1] for row in rows if row["rank"] == "1"]
    assert sum(right) >= 7
    for best, second in zip(rows[::2], rows[1::2], strict=True):
        assert float(best["probability"]) >= float(second["probability"])


def test_json_has_every_class_that_is_asked_for(cli, run, digits):
    image = sorted(digits.iterdir())[0]
    (found,) = json.loads(cli("predict", run, image, "--format", "json", "--top", 99).stdout)
    assert found["path"] == str(image)
    assert len(found["top"]) == 10
    assert sum(each["probability"] for each in found["top"]) == pytest.approx(1, abs=1e-5)
    assert found["class"] == found["top"][0]["class"]


def test_the_image_is_drawn_as_the_network_reads_it(cli, run, digits, monkeypatch):
    image = sorted(digits.iterdir())[0]
    plain = cli("predict", run, image).stdout.splitlines()
    assert len(plain) == 16 + 1  # two rows of 32 in a line
    assert any(set(line) & set("#%@*") for line in plain)
    assert plain[-1].startswith(f"{image}  ")
    assert plain[-1].count("%") == 3
    assert len(cli("predict", run, image, "--no-picture").stdout.splitlines()) == 1
    assert len(cli("predict", run, digits, "--top", 1).stdout.splitlines()) == 10
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "▀" in cli("predict", run, image).stdout


def test_what_cannot_be_read_is_named_and_the_rest_is_told(cli, run, digits):
    (digits / "broken.png").write_bytes(b"no image")
    result = cli("predict", run, digits, "--format", "csv", "--top", 1)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 11
    assert "broken.png" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_an_answer_does_not_depend_on_what_is_read_beside_it(cli, run, digits, monkeypatch):
    def answers(*paths):
        found = json.loads(cli("predict", run, *paths, "--format", "json").stdout)
        return [(each["path"], each["class"], round(each["probability"], 5)) for each in found]

    files = sorted(digits.iterdir())
    recorded = json.loads((run / "result.json").read_text())
    recorded["recipe"]["batch"] = 3
    (run / "result.json").write_text(json.dumps(recorded))
    alone = [answer for file in files for answer in answers(file)]
    assert answers(digits) == alone == answers(*files)


def test_of_a_folder_what_is_an_image_is_taken(cli, run, digits):
    (digits / "notes.txt").write_text("no image")
    (digits / ".hidden.png").write_bytes(b"no image")
    (digits / "figure.eps").write_bytes(b"not read: Pillow would run another program")
    (digits / ".thumbs").mkdir()
    (digits / ".thumbs" / "0.png").write_bytes(b"no image")
    (digits / "more").mkdir()
    sorted(digits.glob("[0-9]*.png"))[0].rename(digits / "more" / "0.JPG")
    result = cli("predict", run, digits, "--format", "csv", "--top", 1)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1 + 10
    assert [line for line in result.stderr.splitlines() if "not sure" not in line] == []


def test_a_name_that_would_disturb_a_terminal_is_made_printable(cli, run, digits):
    odd = digits / "a\x1b[2Jb.png"
    sorted(digits.iterdir())[0].rename(odd)
    result = cli("predict", run, odd)
    assert result.exit_code == 0
    assert "a\ufffd[2Jb.png" in result.stdout
    odd.write_bytes(b"no image")
    result = cli("predict", run, odd)
    assert "\x1b" not in result.stdout + result.stderr
    assert result.stderr.count("a\ufffd[2Jb.png") == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [("none.png", "there is no file none.png"), ("empty", "there are no images in empty")],
)
def test_what_is_not_there_is_told(cli, run, path, message):
    Path("empty").mkdir()
    result = cli("predict", run, path)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.slow
def test_inverted_images_are_told_each_or_where_they_are_many_once(cli, run, digits):
    from PIL import ImageOps

    for path in sorted(digits.iterdir())[:4]:
        ImageOps.invert(Image.open(path)).save(path)
    files = sorted(digits.iterdir())
    few = cli("predict", run, *files[2:8], "--no-picture")
    assert [line for line in few.stderr.splitlines() if "not sure" not in line] == [
        f"{path}: it is dark on light, and so inverted" for path in files[2:4]
    ]
    (digits / "broken.png").write_bytes(b"no image")
    many = cli("predict", run, digits, "--format", "json", "--batch", 3)
    told = "of 4 of 10 images: it is dark on light, and so inverted"
    assert told in many.stderr.splitlines()
    assert many.stderr.count("inverted") == 1
    found = json.loads(many.stdout)
    assert [each["path"] for each in found if each["inverted"]] == list(map(str, files[:4]))


def test_a_doubtful_photograph_is_told(cli, run, digits):
    pixels = np.asarray(Image.open(sorted(digits.iterdir())[0]))
    Image.fromarray(np.hstack([pixels, pixels])).resize((400, 200)).save("two.png")
    doubt = "there are 2 marks on it, and the largest is read"
    result = cli("predict", run, "two.png", "--no-picture")
    assert result.exit_code == 0
    assert f"two.png: doubtful: {doubt}" in result.stderr.splitlines()
    (found,) = json.loads(cli("predict", run, "two.png", "--format", "json").stdout)
    assert doubt in found["doubts"]


def test_no_memory_for_one_image_is_told_before_it_is_run(cli, run, digits, monkeypatch):
    monkeypatch.setattr(devices, "free_memory", lambda: 10**5)
    result = cli("predict", run, digits)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: to run the network on one image takes about ")
    assert result.stderr.endswith(" of memory, and 100 kB are free\n")


@pytest.mark.slow
def test_a_batch_that_is_too_much_is_told_and_a_smaller_one_gives_the_same(
    cli, run, digits, small_memory
):
    told = cli("predict", run, digits, "--batch", 7, "--format", "csv")
    assert told.exit_code == 1
    assert told.stderr == (
        "error: cpu ran out of memory with a batch of 7; try a smaller one, such as --batch 3\n"
    )
    assert cli("predict", run, digits, "--batch", 3, "--format", "csv").exit_code == 0
