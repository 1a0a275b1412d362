"""What a layer type is: one class that holds everything cnnshape knows of it.

A type declares its arguments as fields, and answers questions about shapes with pure
functions of integers. No torch is imported here; `Layer.module` imports it when a
real module is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias, cast

from ..fixes import Fix, joined, leaving_out, one_of
from ._python import TORCH, Python
from ._values import meant
from .fields import Field
from .shapes import Shape, Shapes, format_shape
from .working import SizeRule, Working, value

if TYPE_CHECKING:
    from fractions import Fraction

    from torch import nn


class LayerError(Exception):
    """A layer that cannot be: a bad argument, or a shape that it cannot read.

    Attributes:
        message: what is wrong, with the numbers.
        fixes: what may cure it. The expansion tries them, and tells those that do.
        advice: what to do where no fix is known.
        field: the argument at fault, or None when it is the layer as a whole.
    """

    def __init__(
        self,
        message: str,
        *,
        help: str | None = None,
        fixes: Sequence[Fix] = (),
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fixes = tuple(fixes)
        self.advice = help
        self.field = field

    @property
    def help(self) -> str | None:
        """What to do, in words."""
        return joined(self.fixes) or self.advice


class Example(NamedTuple):
    """One use of a layer type; tests build it in PyTorch, docs and the schema show it.

    Attributes:
        arguments: the arguments as a spec would write them.
        reads: the incoming shape (or, for a merging layer, a tuple of shapes).
        gives: the output shape.
    """

    arguments: Mapping[str, Any]
    reads: Shape | Shapes
    gives: Shape

    @property
    def inputs(self) -> Shapes:
        """The incoming shapes, always as a tuple of shapes."""
        if self.reads and isinstance(self.reads[0], tuple):
            return self.reads
        return (cast("Shape", self.reads),)


class Step(NamedTuple):
    """How far one output position looks back along one spatial dimension.

    Attributes:
        span: positions of the input between the first and the last that it reads.
        scale: positions of the input from one output position to the next.
    """

    span: Fraction | int
    scale: Fraction | int

    @classmethod
    def rescaling(cls, span: int, before: int, after: int) -> Step:
        """A step in which `after` positions of the output stand for `before` of the input."""
        from fractions import Fraction  # at every start, it would cost two milliseconds

        return cls(span, Fraction(before, after))


ELEMENTWISE = Step(0, 1)

Meaning: TypeAlias = Literal[
    "scores", "probabilities", "log-probabilities", "likelihoods", "distances"
]
"""What a layer's values are where they are a network's answer, one a class: any numbers of
which the greatest is the answer; numbers that sum to 1; their logarithms; probabilities
that are independent of each other; distances, of which the least is the answer."""

_REGISTRY: dict[str, type[Layer]] = {}


class Layer:
    """Base of every layer type. The name of a public subclass is the ``type`` of a spec.

    An instance is immutable. It is made in two steps: `read` takes the written
    arguments, `bind` fills in what follows from the incoming shapes. Everything
    below `bind` expects a bound layer.

    Shapes have no batch dimension; arguments named ``dim`` count the batch as dimension 0,
    as PyTorch does.
    """

    fields: ClassVar[dict[str, Field[Any]]] = {}
    kind: ClassVar[str] = "other"
    """What family it belongs to: chooses its colour in tables and diagrams."""
    operation: ClassVar[str] = ""
    """What a figure calls what it does, 'Full connection'; '': its type in plain words."""
    inputs: ClassVar[tuple[int, int | None]] = (1, 1)
    """The fewest and the most values it reads; None: no upper bound."""
    reads_size_of: ClassVar[frozenset[int]] = frozenset()
    """The inputs, counted from 0, of which only the size matters and no value is read."""
    training_only: ClassVar[bool] = False
    """Whether it is a head beside the way of the data, which passes what it reads on as it is."""
    flattens_space: ClassVar[bool] = False
    """Whether it only writes a map's positions out in a row, as Flatten does."""
    keeps_values: ClassVar[bool] = False
    """Whether it gives the values that it reads as they are, perhaps in another shape or order."""
    is_continuous: ClassVar[bool] = True
    """Whether what it gives changes little where what it reads does. Else rounding may change
    a network's output altogether."""
    gives_own_memory: ClassVar[bool] = False
    """Whether its output is memory of its own that its gradient does not need, so that the only
    layer that reads it may overwrite it (`inplace`)."""
    reads_logits: ClassVar[bool] = False
    """Whether what it gives are the probabilities whose logits it reads. A loss is then
    computed from the logits."""
    examples: ClassVar[Sequence[Example]] = ()
    parameter_meanings: ClassVar[Mapping[str, str]] = {}
    """What the sizes of its learnable tensors are, by the tensors' names, where it says so."""
    hidden: ClassVar[bool] = False
    """Whether it is left out of lists and schema: a type that nobody is meant to write."""
    left_out: ClassVar[Mapping[str, str]] = {}
    """Arguments of torch's class that a spec cannot give, each with the reason."""
    python: ClassVar[Python] = TORCH
    """How `export --to pytorch` writes it. A type with a `module` of its own says it
    beside that; else it cannot be exported so."""
    _defaults: ClassVar[dict[str, Any] | None] = None

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        inherited: dict[str, Field[Any]] = {}
        for base in reversed(cls.__mro__[1:]):
            inherited.update(vars(base).get("fields", {}))
        cls.fields = {**inherited, **own}
        cls._defaults = None
        if abstract or cls.__name__.startswith("_"):
            return
        if cls.__name__ in _REGISTRY:
            raise TypeError(
                f"the layer type {cls.__name__} is defined twice: "
                f"in {_REGISTRY[cls.__name__].__module__} and in {cls.__module__}"
            )
        _REGISTRY[cls.__name__] = cls

    def __init__(self, **arguments: Any) -> None:
        """Make a layer from arguments; raises `LayerError` at the first bad one."""
        faults: list[LayerError] = []
        values = self._read_values(arguments, faults)
        if faults:
            raise faults[0]
        self.__dict__.update(values)
        self.check()

    @classmethod
    def read(cls, arguments: Mapping[str, Any], faults: list[LayerError]) -> Layer | None:
        """A layer from written arguments, or None after adding every fault to `faults`."""
        values = cls._read_values(arguments, faults)
        if faults:
            return None
        layer = cls.__new__(cls)
        layer.__dict__.update(values)
        try:
            layer.check()
        except LayerError as fault:
            faults.append(fault)
            return None
        return layer

    @classmethod
    def _read_values(cls, arguments: Mapping[str, Any], faults: list[LayerError]) -> dict[str, Any]:
        if cls._defaults is None:
            cls._defaults = {
                name: field.default_for(cls)
                for name, field in cls.fields.items()
                if not field.required
            }
        values = dict(cls._defaults)
        for name, field in cls.fields.items():
            if name in arguments:
                try:
                    values[name] = field.read(arguments[name], cls)
                except ValueError as fault:
                    fixes = one_of(name, meant(name, arguments[name], cls))
                    faults.append(LayerError(f"{name} {fault}", field=name, fixes=fixes))
            elif field.required:
                faults.append(
                    LayerError(
                        f"{cls.__name__} needs {name}",
                        help=f"add {name}: {field.placeholder(cls)}",
                    )
                )
        for name in arguments:
            if name not in cls.fields:
                faults.append(
                    LayerError(
                        f"{cls.__name__} has no argument {name!r}",
                        help=cls.left_out.get(name),
                        field=name,
                    )
                )
        return values

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a layer is immutable: cannot set {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.__dict__.values())))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.summary()})"

    @property
    def type_name(self) -> str:
        """The name of this type in a spec."""
        return type(self).__name__

    @property
    def arguments(self) -> dict[str, Any]:
        """Every argument with its value, in the order of declaration."""
        return {name: self.__dict__[name] for name in self.fields}

    @property
    def written_arguments(self) -> dict[str, str]:
        """Every argument with its value as a spec writes it, in the order of declaration."""
        return {name: _short(value) for name, value in self.arguments.items()}

    # What a type says of itself -------------------------------------------------------

    def check(self) -> None:
        """Raise `LayerError` where arguments contradict each other."""

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        """The arguments that follow from the incoming shapes, by name."""
        return {}

    def output_shape(self, inputs: Shapes) -> Shape:
        """The shape that comes out, without the batch; raises `LayerError`."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Shape]:
        """The learnable tensors: the name that PyTorch gives each, and its shape."""
        return {}

    def buffers(self) -> dict[str, Shape]:
        """The tensors that are saved but not learned."""
        return {}

    def macs(self, inputs: Shapes, output: Shape) -> int | None:
        """Multiply-accumulates of one sample, as torch.utils.flop_counter counts them.

        Only convolutions, linear layers and matrix products have any: bias, activation,
        norm and pooling are not counted. None: not known.
        """
        return self._cost(self.macs_working(inputs, output))

    def connections(self, inputs: Shapes, output: Shape) -> int | None:
        """Uses of a weight or a bias for one sample (LeCun et al., 1998). None: not known."""
        return self._cost(self.connections_working(inputs, output))

    def _cost(self, working: Working) -> int | None:
        if working:
            return value(working)
        return None if self.parameters() else 0

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        """For each spatial dimension, how an output position looks back; None: not known.

        The default is right for a layer that works element by element: where the shape
        stays, each position reads itself.
        """
        if len(inputs[0]) < 2 or all(shape != output for shape in inputs):
            return None
        return (ELEMENTWISE,) * (len(output) - 1)

    def order(self, inputs: Shapes) -> tuple[int, ...] | None:
        """Where it only turns a value: for each dimension of the output, which it was before."""
        return None

    def mixes(self, inputs: Shapes, output: Shape) -> frozenset[int] | None:
        """The dimensions, from 0, of which an output position reads all, and one of the others.

        None: it reads otherwise, or that is not known. It serves where channels are not first.
        """
        apart = type(self).footprint is Layer.footprint and all(each == output for each in inputs)
        return frozenset() if apart else None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        """Why the output has its size: the rule with the numbers put in; '' if as the input."""
        return ""

    def size_rules(self, inputs: Shapes) -> tuple[SizeRule, ...]:
        """For each spatial dimension, the rule of `formula` in letters; () if it has none."""
        return ()

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        """How `macs` comes about: products that add up to it."""
        return ()

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        """How `connections` comes about: products that add up to it."""
        return ()

    def unread(self, inputs: Shapes, output: Shape) -> tuple[int, ...]:
        """For each spatial dimension, how many rows of the input no window reads; () if n/a."""
        return ()

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        """What is easily missed of this layer in this place, such as rows that are never read."""
        return []

    def remarks(self, inputs: Shapes, output: Shape) -> list[str]:
        """What a student can learn from this layer in this place, in whole sentences."""
        return []

    def meaning(self) -> Meaning:
        """What its values are where they are the network's answer, one a class."""
        return "scores"

    def meaning_of(self, inputs: Shapes) -> Meaning:
        """`meaning` where it reads these shapes, if that decides; one size is the classes'
        and all others are 1."""
        return self.meaning()

    def summary(self) -> str:
        """The arguments, short, as a table shows them: what differs from the defaults."""
        assert self._defaults is not None
        return ", ".join(
            f"{name} {_short(value)}"
            for name, value in self.arguments.items()
            if not self.fields[name].inferred and self._defaults.get(name, ...) != value
        )

    def module(self) -> nn.Module:
        """The real torch module. The default: the class that `python` names, or torch.nn's."""
        if self.python.file:
            return self.python.build(self.arguments)
        from torch import nn

        module: nn.Module = getattr(nn, self.type_name)(**self.arguments)
        return module

    def may_overwrite(self) -> bool:
        """Whether its gradient can be had once its input is overwritten, where it has `inplace`."""
        return True

    # What follows from it -------------------------------------------------------------

    def bind(self, inputs: Shapes) -> Layer:
        """This layer with the inferred arguments filled in, for the shapes that it reads.

        Raises:
            LayerError: the number of inputs is wrong, the shape cannot be read, or a
                written argument contradicts the shape.
        """
        self._check_input_count(inputs)
        inferred = self.infer(inputs)
        if not inferred:
            return self
        for name, found in inferred.items():
            written = self.__dict__[name]
            if written is not None and written != found:
                reads = " and ".join(format_shape(shape) for shape in inputs)
                raise LayerError(
                    f"{name} is {_short(written)}, but {self.type_name} reads {reads}: "
                    f"{name} would be {_short(found)}",
                    fixes=[
                        Fix(f"write {name}: {_short(found)}", {name: found}, certain=True),
                        leaving_out(name, "leave it out: it is inferred"),
                    ],
                    field=name,
                )
        return self.with_arguments(**inferred)

    def with_arguments(self, **values: Any) -> Layer:
        """This layer with other values of some arguments, which are not read or checked again."""
        layer = type(self).__new__(type(self))
        layer.__dict__.update(self.__dict__)
        layer.__dict__.update(values)
        return layer

    def _check_input_count(self, inputs: Shapes) -> None:
        fewest, most = self.inputs
        if len(inputs) < fewest or (most is not None and len(inputs) > most):
            if most == fewest:
                wants = f"{fewest} input" + ("s" if fewest != 1 else "")
            elif most is None:
                wants = f"at least {fewest} inputs"
            else:
                wants = f"{fewest} to {most} inputs"
            raise LayerError(
                f"{self.type_name} reads {wants}, not {len(inputs)}",
                help="name what it reads: from: [a, b]" if len(inputs) < fewest else None,
            )

    def parameter_count(self) -> int:
        """The number of learnable elements."""
        return sum(map(prod, self.parameters().values()))

    def buffer_count(self) -> int:
        """The number of elements that are saved but not learned."""
        return sum(map(prod, self.buffers().values()))


def _short(value: Any) -> str:
    """A value as a spec writes it, with equal pairs folded: 3, 3×5, true, 'same'."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        if len(set(map(repr, value))) == 1 and len(value) > 1 and not isinstance(value[0], tuple):
            return _short(value[0])
        return "[" + ", ".join(map(_short, value)) + "]"
    return str(value)


def register() -> dict[str, type[Layer]]:
    """Every layer type that has been defined so far, by name."""
    return _REGISTRY


def function_module(function: Callable[..., Any]) -> nn.Module:
    """A torch module without parameters that applies `function` to its inputs."""
    from torch import nn

    class Function(nn.Module):
        def forward(self, *inputs: Any) -> Any:
            return function(*inputs)

    return Function()
