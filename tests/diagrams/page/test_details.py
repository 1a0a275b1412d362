"""The table and the details: every number is the network's."""

from __future__ import annotations

import pytest

from cnnshape import load
from cnnshape.layers.shapes import format_shape
from tests.specs import net

from .browsing import box, details
from .conftest import Opener

pytestmark = pytest.mark.slow


def number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet"])
def test_the_table_has_every_layer_with_its_numbers(opener: Opener, name: str) -> None:
    network = load(name)
    page = opener(network)
    rows = page.locator("#layers tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert rows == [
        [
            node.path,
            f"{node.type} {node.layer.summary()}".strip(),
            format_shape(node.output_shape),
            number(node.params),
            number(node.macs),
            format_shape(network.receptive_fields[node.path] or ()),
        ]
        for node in network.layers
    ]
    totals = page.locator("#layers .totals td").all_text_contents()
    assert totals[3:5] == [number(network.totals.params), number(network.totals.macs)]


def test_the_details_of_every_layer_are_those_of_the_network(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network)
    for index, node in enumerate(network.layers):
        page.locator(f'#layers tr[data-layer="{index}"]').dispatch_event("click")
        told = details(page)
        assert page.locator("#details h2").text_content() == node.path
        assert told["Output"].startswith(format_shape(node.output_shape))
        assert told.get("Formula", "") == node.layer.formula(node.input_shapes, node.output_shape)
        assert told["Parameters"].startswith(number(node.params))
        assert told["MACs"].startswith(number(node.macs))
        assert told["Receptive field"] == format_shape(network.receptive_fields[node.path] or ())
        for name, value in node.layer.written_arguments.items():
            assert told[name] == value


def test_a_layer_shows_its_formula_its_weights_and_its_share(opener: Opener) -> None:
    page = opener(load("lenet5"))
    box(page, "C3").click()
    told = details(page)
    assert told["Formula"] == "(14−5+2·0)/1+1 = 10"
    assert told["Parameters"] == "2,416 3.9 % of allweight 16×6×5×5 = 2,400bias 16"
    assert told["MACs"] == "240,000 57.6 % of all"
    assert told["Input"] == "6×14×14 from S2"
    page.locator("#details .stack button", has_text="ReLU").click()
    assert page.locator("#details h2").text_content() == "relu2"


def test_the_receptive_field_is_drawn_to_scale(opener: Opener) -> None:
    page = opener(load("lenet5"))
    box(page, "C3").click()
    seen, whole = (
        page.locator(f"#details .field .{name}").bounding_box()["width"]
        for name in ("seen", "input")
    )
    assert seen / whole == pytest.approx(14 / 32, rel=0.05)
    assert page.locator("#details figcaption").text_content() == "One output sees 14×14 of 32×32"


def test_a_field_beyond_the_input_is_said_to_be(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network)
    page.locator('#layers tr[data-layer="65"]').dispatch_event("click")
    field = network.receptive_fields[network.layers[65].path]
    assert field is not None
    assert field[0] > 224
    told = page.locator("#details figcaption").text_content()
    assert told == f"One output sees {format_shape(field)} of 224×224, and beyond into the padding"


@pytest.mark.parametrize(
    ("layers", "input", "faces"),
    [
        ("[{type: Conv1d, out_channels: 2, kernel_size: 9}]", "[2, 100]", 1),
        ("[{type: Conv3d, out_channels: 2, kernel_size: 3}]", "[1, 8, 16, 16]", 2),
    ],
)
def test_fields_of_one_and_three_dimensions_are_drawn(
    opener: Opener, layers: str, input: str, faces: int
) -> None:
    page = opener(net(layers, input=input))
    page.locator(".box").first.click()
    assert page.locator("#details .field svg").count() == faces


def test_what_is_unknown_is_said_to_be(opener: Opener) -> None:
    network = net("[{type: Conv2d, out_channels: 8, kernel_size: 1}, {type: Flatten}]")
    network.layers[0].op.macs = None
    network.receptive_fields["conv2d1"] = None
    page = opener(network)
    assert "unknown MACs" in page.locator("#summary").text_content()
    assert "? MACs" in box(page, "conv2d1").text_content()
    box(page, "conv2d1").click()
    assert details(page)["MACs"] == "unknown"
    assert details(page)["Receptive field"] == "unknown"
    assert page.locator("#details .field").count() == 0
    page.locator('th[data-column="macs"] button').click()
    assert page.locator("#layers tbody tr").last.get_attribute("data-layer") == "0"
    page.locator('th[data-column="macs"] button').click()
    assert page.locator("#layers tbody tr").last.get_attribute("data-layer") == "0"


def test_sorting_goes_down_up_and_back(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network)
    heading = page.locator('th[data-column="params"]')

    def order() -> list[int]:
        found = page.locator("#layers tbody tr").evaluate_all("rows => rows.map(r => r.dataset)")
        return [int(each["layer"]) for each in found]

    params = [node.params for node in network.layers]
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert [params[index] for index in order()] == sorted(params, reverse=True)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert [params[index] for index in order()] == sorted(params)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "none"
    assert order() == list(range(len(params)))
