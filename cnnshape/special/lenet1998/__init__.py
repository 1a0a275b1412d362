"""The layers that LeNet-5 was built of, where they are not today's.

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to
document recognition", Proceedings of the IEEE 86(11), 1998, sections II.B and II.C.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ...fixes import putting_before, setting
from ...layers._python import Python
from ...layers._remedies import flattening
from ...layers._window import Window, WindowLayer, windows_of
from ...layers.base import Example, Layer, LayerError, Meaning
from ...layers.fields import (
    Boolean,
    Integer,
    Kind,
    ListOf,
    Number,
    Optional,
    PerDimension,
    defaulted,
    inferred,
    required,
)
from ...layers.shapes import Shape, Shapes, format_shape
from ...layers.working import Working, times, with_bias
from ...text.counts import size_of

TABLE_1: tuple[tuple[int, ...], ...] = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6) for i in range(6)),
    *((i, i + 1, (i + 3) % 6, (i + 4) % 6) for i in range(3)),
    tuple(range(6)),
)
"""Table 1 of the paper: for each map of C3, the maps of S2 that it reads."""


def _drawn(centers: Any) -> tuple[str, ...]:
    """Centers as the drawings that a file is more readable with."""
    return tuple(
        "".join("#" if sign == 1 else "." for sign in center) for center in centers
    )


class ConnectionTableConv2d(WindowLayer):
    """Convolution in which a table says which input maps each output map reads.

    Output maps that read equally many are computed together, by one grouped convolution
    named after that number (fan_in_3 ...), so that exactly the connections of the table cost
    parameters and MACs.

    Args:
        in_channels: maps of the input; inferred.
        table: for each output map, the list of the input maps it reads, counted from 0.
        kernel_size: size of the window, one number or one for each dimension.
        stride: positions from one window to the next.
        padding: zeros added at both ends of each dimension.
        dilation: positions from one tap of the window to the next.
        bias: whether one learnable number is added to each map.

    Source: C3 of LeNet-5 (LeCun et al., 1998, table 1).
    """

    kind = "convolution"
    python = Python(
        make="ConnectionTableConv2d",
        without=("in_channels",),
        file="special.lenet1998.module",
        needs=("initialise_like_1998",),
    )
    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"table": TABLE_1, "kernel_size": 5}, (6, 14, 14), (16, 10, 10)),
        Example(
            {
                "table": [[0, 1], [2], [1, 2]],
                "kernel_size": 3,
                "padding": 1,
                "bias": False,
            },
            (3, 8, 8),
            (3, 8, 8),
        ),
    )

    in_channels = inferred(Integer(min=1))
    table = required(ListOf(ListOf(Integer(min=0))))
    kernel_size = required(PerDimension(Integer(min=1)))
    stride = defaulted(PerDimension(Integer(min=1)), 1)
    padding = defaulted(PerDimension(Integer(min=0)), 0)
    dilation = defaulted(PerDimension(Integer(min=1)), 1)
    bias = defaulted(Boolean(), True)

    def check(self) -> None:
        for output_map, reads in enumerate(self.table):
            twice = next((each for each in reads if reads.count(each) > 1), None)
            if twice is not None:
                raise LayerError(
                    f"output map {output_map} reads input map {twice} twice: {list(reads)}",
                    fixes=[
                        setting(
                            "name each input map once",
                            table=[list(dict.fromkeys(each)) for each in self.table],
                        )
                    ],
                    field="table",
                )
        if self.in_channels is not None:
            self._check_maps(self.in_channels)

    def _check_maps(self, channels: int) -> None:
        for output_map, reads in enumerate(self.table):
            if max(reads) >= channels:
                raise LayerError(
                    f"output map {output_map} reads input map {max(reads)}, "
                    f"but the {channels} input maps are 0 to {channels - 1}",
                    fixes=[
                        setting(
                            f"name maps from 0 to {channels - 1}",
                            table=[
                                list(
                                    dict.fromkeys(
                                        min(each, channels - 1) for each in reads
                                    )
                                )
                                for reads in self.table
                            ],
                        )
                    ],
                    field="table",
                )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        channels, _ = self.channels_and_size(inputs)
        self._check_maps(channels)
        return {"in_channels": channels}

    def windows(self) -> tuple[Window, ...]:
        return windows_of(
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )

    def output_shape(self, inputs: Shapes) -> Shape:
        _, size = self.channels_and_size(inputs)
        return (len(self.table), *self.places(size))

    def by_fan_in(self) -> dict[int, list[int]]:
        """The output maps that read each number of input maps."""
        maps: dict[int, list[int]] = {}
        for output_map, reads in enumerate(self.table):
            maps.setdefault(len(reads), []).append(output_map)
        return dict(sorted(maps.items()))

    def parameters(self) -> dict[str, Shape]:
        parameters: dict[str, Shape] = {}
        for fan_in, maps in self.by_fan_in().items():
            parameters[f"fan_in_{fan_in}.weight"] = (
                len(maps),
                fan_in,
                *self.kernel_size,
            )
            if self.bias:
                parameters[f"fan_in_{fan_in}.bias"] = (len(maps),)
        return parameters

    def buffers(self) -> dict[str, Shape]:
        reads = {
            f"reads_{fan_in}": (len(maps) * fan_in,)
            for fan_in, maps in self.by_fan_in().items()
        }
        return {**reads, "order": (len(self.table),)}

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        pairs = sum(map(len, self.table))
        return (
            times(
                ((pairs,), "pairs of an input and an output map"),
                (self.kernel_size, "weights each"),
                (output[1:], "places"),
            ),
        )

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return with_bias(self.macs_working(inputs, output), output, bias=self.bias)

    def remarks(self, inputs: Shapes, output: Shape) -> list[str]:
        full = inputs[0][0] * len(self.table)
        return [
            f"Of {inputs[0][0]}·{len(self.table)} = {full:,} pairs of maps the table joins "
            f"{sum(map(len, self.table)):,}: output maps that read unlike sets of maps must learn "
            "unlike features, and there are fewer weights."
        ]

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        channels = inputs[0][0]
        idle = channels - len({each for reads in self.table for each in reads})
        notes = super().notes(inputs, output)
        if idle:
            notes.append(f"{idle} of {channels} input maps are read by no output map")
        return notes

    def summary(self) -> str:
        fan_ins = list(self.by_fan_in())
        reads = " to ".join(map(str, dict.fromkeys((fan_ins[0], fan_ins[-1]))))
        maps = size_of(len(self.table), "map")
        parts = [f"{maps} {format_shape(self.kernel_size)}, of {reads} maps each"]
        parts += self.changed("stride", "padding", "dilation")
        if not self.bias:
            parts.append("no bias")
        return ", ".join(parts)


class Subsampling2d(WindowLayer):
    """The sum of each window times a learnable coefficient plus a bias, one of each a map.

    Args:
        num_channels: maps of the input; inferred.
        kernel_size: size of the window, one number or one for each dimension.
        stride: positions from one window to the next; null: as the window is wide.

    Source: S2 and S4 of LeNet-5 (LeCun et al., 1998).
    """

    kind = "pooling"
    python = Python(
        make="Subsampling2d",
        file="special.lenet1998.module",
        needs=("initialise_like_1998",),
    )
    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({}, (6, 28, 28), (6, 14, 14)),
        Example({"kernel_size": 3, "stride": 2}, (4, 9, 11), (4, 4, 5)),
    )

    num_channels = inferred(Integer(min=1))
    kernel_size = defaulted(PerDimension(Integer(min=1)), 2)
    stride = defaulted(Optional(PerDimension(Integer(min=1))), None)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        channels, _ = self.channels_and_size(inputs)
        return {"num_channels": channels}

    def windows(self) -> tuple[Window, ...]:
        return windows_of(self.kernel_size, stride=self.stride)

    def parameters(self) -> dict[str, Shape]:
        assert self.num_channels is not None
        return {"weight": (self.num_channels,), "bias": (self.num_channels,)}

    def macs(self, inputs: Shapes, output: Shape) -> int | None:
        return 0

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        uses = times((output, "outputs"), (self.kernel_size, "inputs each"))
        return with_bias((uses,), output, bias=True)

    def summary(self) -> str:
        return ", ".join([format_shape(self.kernel_size), *self.changed("stride")])


class ScaledTanh(Layer):
    """amplitude · tanh(slope · x), for each element.

    With the paper's numbers, f(1) = 1 and f(−1) = −1, the targets that a unit is trained to.

    Args:
        amplitude: the largest value that comes out.
        slope: what the input is multiplied by; the steepness at 0 is amplitude · slope.

    Source: the squashing function of LeNet-5 (LeCun et al., 1998, appendix A).
    """

    kind = "activation"
    python = Python(make="ScaledTanh", file="special.lenet1998.module")
    examples = (
        Example({}, (6, 14, 14), (6, 14, 14)),
        Example({"amplitude": 1, "slope": 1}, (84,), (84,)),
    )

    amplitude = defaulted(Number(), 1.7159)
    slope = defaulted(Number(), 2 / 3)

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]


class Code(Kind[tuple[int, ...]]):
    """A code of +1 and −1: a list of these, or a drawing in '#' (+1) and '.' (−1)."""

    _DRAWN: ClassVar[dict[str, int]] = {"#": 1, ".": -1}

    def read(self, value: object, layer: type[Layer]) -> tuple[int, ...]:
        if isinstance(value, str):
            numbers = [self._DRAWN.get(sign) for sign in "".join(value.split())]
        elif isinstance(value, (list, tuple)):
            numbers = [
                each if each in (1, -1) and type(each) is int else None
                for each in value
            ]
        else:
            raise self.refusal(value, layer)
        code = tuple(number for number in numbers if number is not None)
        if not code or len(code) < len(numbers):
            raise self.refusal(value, layer)
        return code

    def expected(self, layer: type[Layer]) -> str:
        return "a drawing in '#' (+1) and '.' (−1), or a list of 1 and -1"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        drawing = {"type": "string", "pattern": r"^[#.\s]*[#.][#.\s]*$"}
        numbers = {"type": "array", "items": {"enum": [1, -1]}, "minItems": 1}
        return {"anyOf": [drawing, numbers]}


class EuclideanRBF(Layer):
    """The squared distance of the input to each of a few fixed codes; the least is the answer.

    Args:
        in_features: numbers that it reads; inferred.
        centers: the codes, each a drawing in '#' (+1) and '.' (−1), in which white space
            does not count, or a list of 1 and -1.

    Source: the output layer of LeNet-5 (LeCun et al., 1998, equation 7).
    """

    kind = "linear"
    python = Python(
        make="EuclideanRBF",
        without=("in_features",),
        file="special.lenet1998.module",
        as_text={"centers": _drawn},
    )
    operation = "Gaussian connections"
    examples = (
        Example({"centers": ["#.# .#. #.#", "### #.# ###"]}, (9,), (2,)),
        Example({"centers": [[1, -1], [-1, 1], [1, 1]]}, (2,), (3,)),
    )

    in_features = inferred(Integer(min=1))
    centers = required(ListOf(Code()))

    def check(self) -> None:
        expected = len(self.centers[0])
        for index, center in enumerate(self.centers):
            if len(center) != expected:
                raise LayerError(
                    f"the centers differ in length: number 0 has {expected} signs, "
                    f"number {index} has {len(center)}",
                    help=f"give number {index} {expected} signs",
                    field="centers",
                )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        features = len(self.centers[0])
        if len(shape) != 1:
            raise LayerError(
                f"EuclideanRBF cannot read {format_shape(shape)}: it wants one flat vector",
                fixes=[flattening(shape)],
            )
        if shape[0] != features:
            raise LayerError(
                f"EuclideanRBF reads {shape[0]} features, but its centers have {features} signs",
                fixes=[putting_before({"type": "Linear", "out_features": features})],
                field="centers",
            )
        return {"in_features": features}

    def output_shape(self, inputs: Shapes) -> Shape:
        return (len(self.centers),)

    def buffers(self) -> dict[str, Shape]:
        return {"centers": (len(self.centers), len(self.centers[0]))}

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        """Each feature meets each center: the paper counts them, though they are fixed."""
        return (times((output, "centers"), (inputs[0], "numbers each")),)

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None

    def meaning(self) -> Meaning:
        return "distances"

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return f"{inputs[0][0]} → {output[0]}"

    def summary(self) -> str:
        return f"{len(self.centers)} centers"
