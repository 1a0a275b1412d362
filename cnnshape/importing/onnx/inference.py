"""From a model to a graph with shapes: what follows from no input is computed. Needs onnx."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

from ...layers.shapes import Shape, completed, format_shape
from ..faults import ImportFault
from ..samples import BATCH
from .file import names_read
from .graph import VIEWS, Constant, Graph, Node
from .limits import CONSTANTS, FAST, LOOPS, SLOW, VALUE
from .places import place_of
from .shape_rules import correct, of_a_batch

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TypeProto, ValueInfoProto

READ = 1024
"""Elements of a constant up to which its values may decide over shapes."""
MOVING = frozenset(("Cast", "Expand", "Transpose", *VIEWS))
"""Operators whose result has one number all over where their first input has."""
RANDOM = frozenset(("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike",
                    "Bernoulli", "Multinomial"))  # fmt: skip


def infer(
    model: ModelProto, input_shape: Shape | None, *, batch: int = BATCH, single: bool = False
) -> Graph:
    """The graph of a model.

    Args:
        model: as `read_model` gives it.
        input_shape: of one sample, where the model leaves it open.
        batch: samples of the run, where the model leaves it open; another number than the
            default is all that it then reads.
        single: whether the model is for one sample, and what it says of one is said of a batch.

    Raises:
        ImportFault: it does not have one input, or leaves its size open.
    """
    return _Inference(model, input_shape, batch, single=single).graph


class _Inference:
    """Goes through the nodes once, in their order."""

    def __init__(
        self, model: ModelProto, input_shape: Shape | None, batch: int, *, single: bool
    ) -> None:
        from onnx import helper

        self.opsets = {each.domain: each.version for each in model.opset_import}
        self.opset_imports = list(model.opset_import)
        self.types: dict[str, TypeProto] = {}
        self.computed = 0
        self.constants: dict[str, Constant] = {}
        self.read = names_read(model.graph)
        self.declared = {item.name: item for item in model.graph.value_info}
        self._keep(model.graph)
        given = _input(model.graph, self.constants)
        fixed, shape = _sizes(given, input_shape)
        is_open = not (fixed or single) and batch == BATCH
        batch = batch if single else fixed or batch
        self.single = single
        opset = self.opsets.get("", self.opsets.get("ai.onnx", 1))
        outputs = tuple(item.name for item in model.graph.output)
        self.graph = Graph(
            given.name, shape, batch, is_open, outputs, opset, constants=self.constants
        )
        elements = given.type.tensor_type.elem_type
        self._know(given.name, helper.make_tensor_type_proto(elements, (batch, *shape)))
        for node in model.graph.node:
            self._node(node)

    def _keep(self, graph: GraphProto) -> None:
        for tensor in graph.initializer:
            constant = Constant(tensor.name, _array(tensor), learned=True)
            number = constant.is_uniform and not constant.is_named
            self._constant(replace(constant, learned=not number))

    def _constant(self, constant: Constant) -> None:
        from onnx import helper

        name, array = constant.name, constant.array
        self.constants[name] = constant
        elements = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.types[name] = helper.make_tensor_type_proto(elements, array.shape)

    def _know(self, name: str, type: TypeProto) -> None:
        self.types[name] = type
        tensor = type.tensor_type
        if tensor.HasField("shape"):
            shape = tuple(dim.dim_value for dim in tensor.shape.dim)
            if prod(shape) > VALUE * self.graph.batch:
                raise ImportFault(
                    f"the value {name} has {prod(shape) // self.graph.batch:,} numbers for one "
                    f"sample, more than the {VALUE:,} that are looked at"
                )
            if all(shape):
                self.graph.shapes[name] = shape

    def _node(self, node: NodeProto) -> None:
        reads = [name for name in node.input if name]
        known = all(name in self.constants for name in reads)
        if node.op_type == "If" and known:
            self._branch(node)
        elif node.op_type == "Constant" and (tensors := _tensors(node)):
            self._constant(Constant(node.output[0], _array(tensors[0]), learned=False))
        elif node.op_type == "CastLike" and reads[0] in self.constants:
            constant = self.constants[reads[0]]
            array = constant.array.astype(self._dtype(reads[1]))
            self._constant(replace(constant, name=node.output[0], array=array))
        elif node.op_type in ("Shape", "Size") and reads[0] in self.graph.shapes:
            self._fold(node, {reads[0]: _empty(self.graph.shapes[reads[0]])})
        elif known and self._fits(node, reads):
            self._fold(node, {name: self.constants[name].array for name in reads})
        else:
            self._keep_node(node)

    def _keep_node(self, node: NodeProto) -> None:
        from onnx import helper

        for name, type in self._outputs(node).items():
            self._know(name, type)
        outputs = tuple(
            name if name in self.graph.shapes or name in self.read or not place else ""
            for place, name in enumerate(node.output)
        )
        attributes = {
            item.name: _plain(helper.get_attribute_value(item)) for item in node.attribute
        }
        own = node.domain in ("", "ai.onnx")
        self.graph.nodes.append(
            Node(
                node.op_type if own else f"{node.domain}.{node.op_type}",
                tuple(node.input),
                outputs,
                attributes,
                node.name,
                place_of(node),
            )
        )

    def _filled(self, node: NodeProto, shape: Any) -> None:
        """A constant that is one number all over, and takes no memory."""
        import numpy as np

        tensors = _tensors(node)
        number = _array(tensors[0]).reshape(-1)[0] if tensors else np.float32(0)
        learned = self.constants[node.input[0]].learned
        array = np.broadcast_to(number, tuple(shape.tolist()))
        self._constant(Constant(node.output[0], array, learned))

    def _moves_one_number(self, node: NodeProto) -> bool:
        """Whether a node gives a constant in another shape that is one number all over."""
        first = self.constants.get(node.input[0]) if node.op_type in MOVING else None
        return first is not None and first.takes_no_memory

    def _moved(self, node: NodeProto) -> Any:
        """What such a node gives, which takes no memory either."""
        import numpy as np

        type = self._outputs(node)[node.output[0]].tensor_type
        number = self.constants[node.input[0]].array.flat[0].astype(self._dtype_of(type.elem_type))
        return np.broadcast_to(number, [dim.dim_value for dim in type.shape.dim])

    def _branch(self, node: NodeProto) -> None:
        """Of an If whose condition is known, the branch that runs."""
        from onnx import helper

        condition = bool(self.constants[node.input[0]].array.item())
        wanted = "then_branch" if condition else "else_branch"
        branch = next(item.g for item in node.attribute if item.name == wanted)
        self._keep(branch)
        for inner in branch.node:
            self._node(inner)
        for inner, outer in zip(branch.output, node.output, strict=True):
            self._node(helper.make_node("Identity", [inner.name], [outer], name=node.name))

    def _dtype(self, name: str) -> Any:
        return self._dtype_of(self.types[name].tensor_type.elem_type)

    @staticmethod
    def _dtype_of(elements: int) -> Any:
        from onnx import helper

        return helper.tensor_dtype_to_np_dtype(elements)

    # Shapes and values ------------------------------------------------------------------

    def _outputs(self, node: NodeProto) -> dict[str, TypeProto]:
        """What comes out of a node, as far as it can be told."""
        from onnx import defs, numpy_helper, shape_inference

        reads = [name for name in node.input if name]
        data = {
            name: numpy_helper.from_array(self.constants[name].array, name)
            for name in reads
            if name in self.constants and self.constants[name].array.size <= READ
        }
        try:
            schema = defs.get_schema(node.op_type, self.opsets[node.domain], node.domain)
            types = {name: self.types[name] for name in reads}
            found: dict[str, TypeProto] = shape_inference.infer_node_outputs(
                schema, node, types, data, opset_imports=self.opset_imports
            )
        except Exception:  # of another domain, or it does not fit together: it is not known
            found = {}
        for name in node.output:
            if name in self.declared and not _whole(found.get(name)):
                found[name] = self._as_declared(self.declared[name])
        correct(node, found, self.types)
        if self.single:
            of_a_batch(node, found, self.types, self.graph.batch)
        return found

    def _as_declared(self, value: ValueInfoProto) -> TypeProto:
        """The type that the file itself declares, with the batch of the run."""
        from onnx import TypeProto

        type = TypeProto()
        type.CopyFrom(value.type)
        dims = type.tensor_type.shape.dim
        if dims and not dims[0].dim_value:
            dims[0].dim_value = self.graph.batch
        return type

    def _fits(self, node: NodeProto, reads: list[str]) -> bool:
        """Whether what a node would give is known to take little memory and time."""
        outputs = self._outputs(node)
        unread = [name for name in node.output[1:] if name not in self.read]
        outputs = {name: type for name, type in outputs.items() if name not in unread}
        if not outputs or not all(map(_whole, outputs.values())) or node.op_type in LOOPS:
            return False
        sizes = [_elements(type) for type in outputs.values()]
        if node.op_type == "ConstantOfShape" or self._moves_one_number(node):
            batch = self.graph.batch
            sizes = [size // batch if size % batch == 0 else size for size in sizes]
        elif node.op_type not in FAST:
            sizes += [int(self.constants[name].array.size) for name in reads]
            return sum(sizes) <= SLOW
        if self.computed + sum(sizes) > CONSTANTS:
            raise ImportFault(
                f"the constants that the model computes have {self.computed + sum(sizes):,} "
                f"numbers with those of {node.op_type}, and may have {CONSTANTS:,}"
            )
        self.computed += sum(sizes)
        return True

    def _as_newer(self, node: NodeProto) -> tuple[NodeProto, Any]:
        """A node that can be computed, and its opsets: norms by the batch's own statistics, before
        opset 14, are those with more than one output, and are so alone in ONNX's reference."""
        from onnx import helper

        old = node.op_type == "BatchNormalization" and len(node.output) > 1
        if not old or self.graph.opset >= 14:
            return node, self.opset_imports
        newer = helper.make_node(
            node.op_type, node.input, node.output[:1], node.name, domain=node.domain
        )
        newer.attribute.extend(item for item in node.attribute if item.name == "epsilon")
        newer.attribute.append(helper.make_attribute("training_mode", 1))
        return newer, [helper.make_opsetid("", 15)]

    def _fold(self, node: NodeProto, inputs: dict[str, Any]) -> None:
        """Compute a node now; where that cannot be done, it stays."""
        from onnx import TypeProto, helper
        from onnx.reference import ReferenceEvaluator

        if node.op_type in RANDOM:
            self._keep_node(node)
            return
        if node.op_type == "ConstantOfShape":
            self._filled(node, next(iter(inputs.values())))
            return
        node, opsets = self._as_newer(node)
        graph = helper.make_graph(
            [node],
            "fold",
            [helper.make_value_info(name, TypeProto()) for name in inputs],
            [helper.make_value_info(name, TypeProto()) for name in node.output],
        )
        alone = helper.make_model(graph, opset_imports=opsets)
        try:
            if self._moves_one_number(node):
                results = [self._moved(node)]
            else:
                results = list(ReferenceEvaluator(alone).run(None, inputs))
        except Exception:
            self._keep_node(node)
            return
        read = [self.constants[name] for name in inputs if name in self.constants]
        if read and (
            view := read[0].viewed(node.output[0], results[0], node.op_type, _order(node))
        ):
            self._constant(view)
            return
        for constant in read:
            self.graph.folded.update((constant.name, constant.source))
        learned = any(constant.learned for constant in read)
        for name, array in zip(node.output, results, strict=True):
            self._constant(Constant(name, array, learned))


def _elements(type: TypeProto) -> int:
    """How many numbers a value has whose sizes are known."""
    return prod(dim.dim_value for dim in type.tensor_type.shape.dim)


def _input(graph: GraphProto, constants: dict[str, Constant]) -> ValueInfoProto:
    """The one input; older files list the weights among them."""
    from onnx import TensorProto

    inputs = [item for item in graph.input if item.name not in constants]
    if len(inputs) != 1:
        names = ", ".join(item.name for item in inputs)
        listed = f" ({names})" if names else ""
        raise ImportFault(f"the model has {len(inputs)} inputs{listed}; a spec has one")
    given: ValueInfoProto = inputs[0]
    elements = given.type.tensor_type.elem_type
    if elements != TensorProto.FLOAT:
        kind = TensorProto.DataType.Name(elements).lower()
        raise ImportFault(f"the model's input {given.name} holds {kind}, and a spec's float")
    return given


def _sizes(given: ValueInfoProto, wanted: Shape | None) -> tuple[int, Shape]:
    """The batch, 0 where it is open, and the shape of a sample."""
    dims = given.type.tensor_type.shape.dim
    sizes = [max(dim.dim_value, 0) for dim in dims]  # some write -1 for one that is open
    own = tuple(sizes[1:])
    shape = completed(wanted, own) if wanted else own
    if not shape or not all(shape):
        names = "×".join(str(dim.dim_value or dim.dim_param or "?") for dim in dims)
        raise ImportFault(
            f"the model leaves its input's size open ({names or 'of any rank'}): "
            f"give it without the batch, as --input {_example(sizes[1:])}"
        )
    if prod(shape) > VALUE:
        raise ImportFault(
            f"the input has {prod(shape):,} numbers, more than the {VALUE:,} that are looked at"
        )
    fits = len(shape) + 1 == len(sizes) or not sizes
    if not fits or any(size not in (0, own) for own, size in zip(shape, sizes[1:], strict=False)):
        reads = "×".join(str(size or "open") for size in sizes[1:])
        raise ImportFault(
            f"the model reads {reads}, not {format_shape(shape)}: "
            f"give what is open as --input {_example(sizes[1:])}"
        )
    return sizes[0] if sizes else 0, shape


def _example(sizes: list[int]) -> str:
    """'3x224x224', with the sizes that the model has."""
    usual = [3, 224, 224] if len(sizes) in (0, 3) else [3, *[64] * (len(sizes) - 1)]
    return "x".join(str(own or size) for own, size in zip(sizes or usual, usual, strict=True))


def _array(tensor: Any) -> Any:
    """The array of a tensor."""
    from onnx import numpy_helper

    try:
        return numpy_helper.to_array(tensor)
    except Exception as fault:
        raise ImportFault(f"the weight {tensor.name} cannot be read: {fault}") from fault


def _order(node: NodeProto) -> list[int] | None:
    """In which order a Transpose puts the dimensions; None where it does not say it."""
    orders = [list(item.ints) for item in node.attribute if item.name == "perm"]
    return orders[0] if orders else None


def _tensors(node: NodeProto) -> list[Any]:
    """The attributes of a node that are tensors."""
    return [item.t for item in node.attribute if item.HasField("t")]


def _empty(shape: Shape) -> Any:
    """An array of a shape that takes no memory."""
    import numpy as np

    return np.broadcast_to(np.float32(0), shape)


def _whole(type: TypeProto | None) -> bool:
    """Whether a type says each size."""
    if type is None or not type.tensor_type.HasField("shape"):
        return False
    return all(dim.HasField("dim_value") for dim in type.tensor_type.shape.dim)


def _plain(value: Any) -> Any:
    """An attribute as a plain value."""
    from onnx import TensorProto

    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, TensorProto):
        return _array(value)
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
