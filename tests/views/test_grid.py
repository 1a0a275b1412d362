"""The table that is drawn without rich's own: the same picture."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cnnshape import Network, load
from cnnshape.views import columns as cols
from cnnshape.views import table
from cnnshape.views.grid import Grid, text_cells
from cnnshape.views.rows import rows

from ..specs import net


def grid(network: Network, columns: str = "", **look: object) -> Grid:
    chosen = cols.choose(columns.split(",") if columns else None)
    shown = rows(network, **look)
    cells = [[column.cell(row, network, 1) for column in chosen] for row in shown]
    made = table._table(network, chosen, shown, cells, 1000, 1)
    assert isinstance(made, Grid)
    return made


def picture(renderable: object, **settings: object) -> list[str]:
    console = Console(file=io.StringIO(), width=1000, highlight=False, **settings)
    console.print(renderable)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5", "lenet5_1998", "resnet50", "googlenet", "unet"])
@pytest.mark.parametrize("columns", ["", "all", "params", "formula,name"])
def test_it_is_the_picture_that_rich_draws(name, columns):
    made = grid(load(name), columns)
    assert picture(made) == picture(made.wrapped())
    assert len({text_cells(line) for line in picture(made) if "─" in line}) == 1


def test_names_twice_as_wide_as_others_stand_in_line():
    wide = net(
        "[{name: 特徴, type: Conv2d, out_channels: 4, kernel_size: 3}, {name: a, type: ReLU}]"
    )
    made = grid(wide)
    assert picture(made) == picture(made.wrapped())
    first, second = (line for line in picture(made) if line.startswith(("特徴", "a ")))
    assert text_cells(first[: first.index("Conv2d")]) == second.index("ReLU")


def test_styles_are_those_of_the_rows():
    colours = {"force_terminal": True, "color_system": "standard"}
    drawn = "\n".join(picture(grid(load("lenet5")), **colours))
    assert "\x1b[36mConv2d 6 maps 5×5" in drawn
    assert "\x1b[2m(32−5+2·0)/1+1 = 28" in drawn
    assert "\x1b[1mtotal" in drawn


def test_an_encoding_without_lines_gets_dashes():
    console = Console(file=io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace"))
    made = grid(load("lenet5"))
    lines = console.render_lines(made, console.options.update(width=200), pad=False)
    text = ["".join(segment.text for segment in line) for line in lines]
    assert text[1] == "-" * made.width
