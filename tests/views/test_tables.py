"""Tables: golden output at fixed widths, sums, and the forms for files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from rich.console import Console

import cnnshape
from cnnshape.network import Network
from cnnshape.views import columns
from cnnshape.views.rows import Row, rows
from cnnshape.views.table import render
from cnnshape.views.text import to_csv, to_html, to_markdown

NETS = ("lenet5", "lenet5_1998", "lenet_rgb224", "alexnet", "resnet50", "unet", "densenet121")


@pytest.fixture(scope="module")
def nets() -> dict[str, Network]:
    return {name: cnnshape.load(name) for name in NETS}


def shown(network: Network, width: int, **options: object) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    render(network, console=console, **options)  # type: ignore[arg-type]
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().split("\n")
    return "\n".join(line.rstrip() for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["lenet5", "lenet5_1998", "resnet50", "unet"])
def test_the_table_is_the_golden_one(
    nets: dict[str, Network], name: str, width: int, golden: Callable[[str, str], None]
) -> None:
    golden(f"{name}-{width}.txt", shown(nets[name], width))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_nothing_is_cut_and_nothing_is_wider_than_the_terminal(
    nets: dict[str, Network], name: str, width: int
) -> None:
    text = shown(nets[name], width)
    assert max(map(cell_len, text.split("\n"))) <= width
    assert "…" not in text
    joined = text.replace("\n", "").replace(" ", "")
    for row in rows(nets[name]):
        assert f"{row.params:,}" in joined
        if width >= 80:  # below, long names go on in the next line
            assert row.label.split(".")[0] in joined


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("depth", [None, 0, 1, 2])
def test_the_rows_at_depth_0_add_up_to_the_totals(
    nets: dict[str, Network], name: str, fold: bool, depth: int | None
) -> None:
    network = nets[name]
    top = [row for row in rows(network, depth=depth, fold=fold) if row.depth == 0]
    assert sum(row.params for row in top) == network.totals.params
    assert sum(row.buffers for row in top) == network.totals.buffers
    assert sum(row.macs or 0 for row in top) == network.totals.macs
    assert sum(row.connections or 0 for row in top) == network.totals.connections


def test_the_printed_numbers_add_up_to_the_printed_total(nets: dict[str, Network]) -> None:
    lines = shown(nets["lenet5"], 120).split("\n")
    printed = [line.split() for line in lines if line.startswith(("C", "S", "F", "output", "relu"))]
    layers = [words for words in printed if words[0] in nets["lenet5"].by_path]
    total = next(line.split() for line in lines if line.startswith("total"))
    numbers = [(int(w[-2].replace(",", "")), int(w[-1].replace(",", ""))) for w in layers]
    assert [f"{sum(column):,}" for column in zip(*numbers, strict=True)] == total[-2:]


def test_alike_repeats_are_one_row(nets: dict[str, Network]) -> None:
    folded = rows(nets["resnet50"])
    part = next(row for row in folded if row.label == "1–5")
    assert part.times == 5
    assert part.type == "bottleneck"
    one = next(row for row in rows(nets["resnet50"], fold=False) if row.label == "1")
    assert part.params == 5 * rows(nets["resnet50"], fold=False)[0].times * 1_117_184
    assert one.times == 1


def test_depth_closes_groups(nets: dict[str, Network]) -> None:
    labels = [row.label for row in rows(nets["resnet50"], depth=0)]
    assert labels == [
        "stem", "relu1", "maxpool2d1", "layer1", "layer2", "layer3", "layer4",
        "adaptiveavgpool2d1", "flatten1", "fc",
    ]  # fmt: skip


def test_unknown_is_shown_as_unknown() -> None:
    from cnnshape.layers.base import Layer, register

    class Mystery(Layer):
        def output_shape(self, inputs: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
            return inputs[0]

        def parameters(self) -> dict[str, tuple[int, ...]]:
            return {"weight": (3,)}

    try:
        network = cnnshape.loads("input: [3, 4, 4]\nlayers: [Mystery, ReLU]")
    finally:
        del register()["Mystery"]
    text = shown(network, 100)
    assert "unknown" in text
    assert "MACs unknown" in text
    assert network.totals.macs is None
    assert network.to_dict()["totals"]["flops"] is None
    assert next(csv.DictReader(io.StringIO(to_csv(network))))["macs"] == ""


def test_csv_has_every_layer_with_plain_numbers(nets: dict[str, Network]) -> None:
    lines = list(csv.DictReader(io.StringIO(to_csv(nets["resnet50"]))))
    assert len(lines) == len(nets["resnet50"].layers)
    assert sum(int(line["params"]) for line in lines) == 25_557_032
    assert lines[0]["name"] == "stem.conv"


def test_a_csv_cell_is_never_a_spreadsheet_formula() -> None:
    network = cnnshape.loads("input: [3]\nlayers: [{name: =1+1, type: ReLU}]")
    assert next(csv.DictReader(io.StringIO(to_csv(network))))["name"] == "'=1+1"


def test_markdown_is_the_golden_one(
    nets: dict[str, Network], golden: Callable[[str, str], None]
) -> None:
    golden("lenet5.md", to_markdown(nets["lenet5"]))


def test_markdown_and_html_show_names_as_text() -> None:
    network = cnnshape.loads("input: [3]\nlayers: [{name: '<b>|*x*', type: ReLU}]")
    assert "&lt;b\\>\\|\\*x\\*" in to_markdown(network)
    assert "&lt;b&gt;|*x*" in to_html(network)
    assert "<b>|" not in network._repr_html_()


def test_an_unknown_column_is_named_with_what_there_is() -> None:
    with pytest.raises(columns.UnknownColumn, match="no column 'macss'; did you mean macs"):
        columns.choose(["macss"])


def test_the_batch_is_in_shapes_and_macs(nets: dict[str, Network]) -> None:
    text = shown(nets["lenet5"], 120, batch=8)
    assert "8×6×28×28" in text
    assert f"{8 * 416_520:,} MACs" in text


def test_the_title_counts_layers_as_everything_does() -> None:
    layers = ", ".join(["ReLU"] * 1200)
    network = cnnshape.loads(f"name: deep\ninput: [1, 2, 2]\nlayers: [{layers}]")
    assert shown(network, 80).splitlines()[0].strip() == "deep  input 1×2×2, 1,200 layers"


def test_ratios_have_no_total(nets: dict[str, Network], monkeypatch: pytest.MonkeyPatch) -> None:
    def ratio(row: Row, _batch: int) -> float | None:
        return row.macs / row.params if row.macs and row.params else None

    column = columns.Column(
        "reuse", "MACs a weight", lambda row, _net, batch: f"{ratio(row, batch)}", ratio, False
    )
    monkeypatch.setitem(columns.BY_KEY, "reuse", column)
    lines = shown(nets["lenet5"], 80, columns=["name", "params", "reuse"]).splitlines()
    (total,) = (line for line in lines if line.startswith("total"))
    assert total.split() == ["total", "61,706"]
    assert to_csv(nets["lenet5"], ["name", "reuse"]).splitlines()[1].startswith("C1,")
