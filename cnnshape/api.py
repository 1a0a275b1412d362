"""What Python programs meet: networks with methods, read from a spec or imported.

The rooms below know a network as data (`cnnshape.network`) and never call back here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .errors import SpecError
from .loading import build_network, collector_paused, read_file, read_text
from .network import Network as Data
from .zoo import resolve

if TYPE_CHECKING:
    from torch import nn

    from .diagrams import Depth, Direction, Style
    from .importing import Imported
    from .spec import Spec


class Network(Data):
    """A whole network. Made by `cnnshape.load`, `cnnshape.loads` and the imports.

    Attributes:
        name: the spec's name (a variant's, where one was chosen).
        input_shape: the network's input, without the batch.
        layers: the nodes, each after all that it reads.
        outputs: the paths of the outputs, in order.
        groups: the parts that the spec wrote as one, by path, outermost first.
        reference: the paper or page that the spec names, or ''.
        description: the spec's own description, or ''.
        params: the spec's parameters with the values used.
        train: the spec's own quick-train recipe, as written.
        warnings: what may not be meant; never an error.
        source: the file that the spec was read from, or ''.
        fault: None; of a faulty spec, whose layers are those before its first fault, the path of
            what has it ('' where that is not known).
    """

    @classmethod
    def of(cls, data: Data) -> Network:
        """The same network, with methods."""
        made = cls.__new__(cls)
        made.__dict__.update(data.__dict__)
        return made

    @property
    def receptive_fields(self) -> dict[str, tuple[int, ...] | None]:
        """For each path, the input positions that one output can depend on; None: not known."""
        from .analysis.receptive_field import receptive_fields

        return receptive_fields(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract, without its verification. See docs/json.md."""
        from .views.contract import to_dict

        return to_dict(self)

    def to_module(self) -> nn.Module:
        """A real torch.nn.Module that computes this network, freshly initialised."""
        from .torch_backend import build

        return build(self)

    def to_svg(
        self,
        style: Style = "graph",
        *,
        theme: str = "light",
        depth: Depth = "auto",
        fold: bool = True,
        fuse: bool = True,
        facts: Sequence[str] | None = None,
        direction: Direction | None = None,
        legend: bool = True,
    ) -> str:
        """The network as a picture, an SVG file. The options are those of `cnnshape diagram`.

        Args:
            style: one of `cnnshape.diagrams.STYLES`: 'graph', 'maps' or 'volumes'.
            theme: 'light', 'dark' or 'print'.
            depth: how many levels of groups to open; 'auto': what can be read; None: all.
            fold: whether alike turns of a repeat are drawn once, with ×N.
            fuse: whether norms, activations and dropout are drawn in the box before.
            facts: what a box says, of `cnnshape.diagrams.FACTS`; None: the usual.
            direction: 'down' or 'right'; None: what suits the style.
            legend: whether the colours are explained.

        Raises:
            DiagramError: it cannot be drawn; the text says why and which option helps.
            ValueError: there is no such style, theme, fact or direction.
        """
        from .diagrams import draw, make_look

        look = make_look(
            theme=theme,
            depth=depth,
            fold=fold,
            fuse=fuse,
            facts=facts,
            direction=direction,
            legend=legend,
        )
        return draw(self, style, look).svg

    def explain(self, *names: str) -> str:
        """Why the numbers of layers are what they are, as `cnnshape explain` says it.

        Args:
            names: paths, groups, names, types or patterns of layers; none: all.

        Raises:
            ValueError: a name means no layer.
        """
        from .analysis.explanation import explain
        from .views.explanation import to_text

        return to_text(explain(self, names), self)

    def _repr_html_(self) -> str:
        """A notebook shows the table and the diagram under it."""
        from html import escape

        from .diagrams import DiagramError
        from .diagrams.svg import image
        from .views.text import to_html

        try:
            drawn = image(self.to_svg(), alt=f"Diagram of {self.name}")
        except DiagramError as fault:
            drawn = f"<p>{escape(str(fault))}</p>"
        return to_html(self) + drawn


def load(
    spec: str | os.PathLike[str],
    *,
    input: Sequence[int] | None = None,
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
) -> Network:
    """The network of a spec file, or of a net of the zoo.

    Args:
        spec: a path, or a name such as 'lenet5' or 'resnet50'.
        input: the shape of one sample, in the place of the spec's own, without the batch. Where
            the spec's is a map, its sizes without the channels, or one for all, keep those.
        params: values in the place of the spec's own parameters.
        variant: one of the file's variants; a zoo name may be a variant's.

    Raises:
        SpecError: the spec is faulty.
        OSError: the file cannot be read.
        UnknownNet: no net of the zoo has this name.
    """
    path, named = resolve(os.fspath(spec))
    with collector_paused():
        recipe = read_file(path, os.fspath(path))
        return _made(recipe, input, params, variant if variant is not None else named)


def loads(
    text: str,
    *,
    input: Sequence[int] | None = None,
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
    name: str = "<text>",
) -> Network:
    """The network of a spec's text; see `load`. `name` stands for a file's in errors."""
    with collector_paused():
        return _made(read_text(text, name), input, params, variant)


def import_module(
    module: nn.Module, input_shape: Sequence[int], *, name: str = "", partial: bool = False
) -> Imported:
    """The spec of a PyTorch module, proved against it. The module stays as it is.

    Args:
        module: what is imported.
        input_shape: of one sample, without the batch.
        name: the spec's name; '': the name of the module's class.
        partial: whether what no layer type says is written as Unknown, and is not a fault.

    Raises:
        ImportFault: it cannot be run, or cannot be written as a spec, or the proof fails.
    """
    from .importing import import_module

    found = import_module(module, tuple(input_shape), name=name, partial=partial)
    return found._replace(network=Network.of(found.network))


def import_source(
    source: str,
    input_shape: Sequence[int] | None = None,
    *,
    arguments: Mapping[str, Any] | None = None,
    name: str = "",
    partial: bool = False,
) -> Imported:
    """The spec of an ONNX file, or of what a Python file or module makes. It runs their code.

    Args:
        source: 'model.onnx', 'file.py:callable' or 'package.module:callable'.
        input_shape: of one sample, without the batch; an ONNX file says its own.
        arguments: what the callable is called with.
        name: of the network; '' for that of the class or the file.
        partial: whether what cannot be said becomes Unknown layers.

    Raises:
        ImportFault: there is no such thing, or it cannot be written as a spec.
        ValueError: an input shape is needed.
    """
    from .importing import import_source

    shape = None if input_shape is None else tuple(input_shape)
    found = import_source(source, shape, arguments=arguments, name=name, partial=partial)
    return found._replace(network=Network.of(found.network))


def _made(
    recipe: Spec,
    input: Sequence[int] | None,
    params: Mapping[str, Any] | None,
    variant: str | None,
) -> Network:
    try:
        return Network.of(build_network(recipe, input=input, params=params, variant=variant))
    except SpecError as error:
        if isinstance(error.partial, Data):
            error.partial = Network.of(error.partial)
        raise
