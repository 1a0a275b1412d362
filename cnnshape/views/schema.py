"""The JSON Schema of spec files, so that editors complete, explain and check them.

It says what a spec may hold before any shape is known. Names of blocks and of a plugin's
types stand where a layer type may, so that an unknown type is not an error here.
"""

from __future__ import annotations

from typing import Any

from ..layers import Field, Layer, listed
from .documentation import document

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""A text; YAML reads 1 and true as something else, but as a name each is as good."""


def json_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a spec file, for every layer type that is known."""
    types = listed()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnnshape spec",
        "description": "A convolutional network: its input, its layers, and how they are joined.",
        "type": "object",
        "required": ["input", "layers"],
        "properties": _spec_properties(),
        "patternProperties": {"^x-": {"description": "A place for YAML anchors; not read."}},
        "additionalProperties": False,
        "$defs": {
            "expression": {
                "description": "A value that is computed: $name, or ${2 * width}.",
                "type": "string",
                "pattern": "\\$",
            },
            "names": {
                "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}],
            },
            "params": {
                "type": ["object", "null"],
                "additionalProperties": {"not": {"type": "object"}},
            },
            "block": _block(),
            "type_name": _type_name(types),
            "layers": {"type": ["array", "null"], "items": {"$ref": "#/$defs/entry"}},
            "entry": {
                "if": {"type": "object"},
                "then": {"$ref": "#/$defs/entry_mapping"},
                "else": {"$ref": "#/$defs/type_name"},
            },
            "entry_mapping": _entry_mapping(),
            "typed_entry": _typed_entry(types),
            "branch": _branch(),
            "join": {
                "if": {"type": "object"},
                "then": {
                    "allOf": [{"$ref": "#/$defs/typed_entry"}, {"required": ["type"]}],
                    "properties": {"from": False, "repeat": False, "when": False},
                },
                "else": {"$ref": "#/$defs/type_name"},
            },
            "types": {name: _layer_type(layer) for name, layer in types.items()},
        },
    }


def _spec_properties() -> dict[str, Schema]:
    return {
        "name": {"description": "The network's name.", **_TEXT},
        "reference": {"description": "Where it was published.", **_TEXT},
        "description": {"description": "What it is, in a sentence or two.", **_TEXT},
        "input": {
            "description": "The shape of one sample, without the batch: [C, H, W], [C, L], "
            "[C, D, H, W], or [features].",
            **_or_expression(
                {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1},
                    "minItems": 1,
                    "maxItems": 4,
                }
            ),
        },
        "params": {
            "description": "Names that expressions may use, with their defaults.",
            "$ref": "#/$defs/params",
        },
        "variants": {
            "description": "Named choices of params: cnnshape show resnet50.",
            "type": ["object", "null"],
            "additionalProperties": {"$ref": "#/$defs/params"},
        },
        "blocks": {
            "description": "Layers under a name, which is then used as a type.",
            "type": ["object", "null"],
            "additionalProperties": {"$ref": "#/$defs/block"},
        },
        "layers": {
            "description": "The layers, from the input on; each reads the one before it.",
            "$ref": "#/$defs/layers",
        },
        "outputs": {
            "description": "The layers whose values the network gives; default: the last one "
            "and those that no layer reads.",
            "$ref": "#/$defs/names",
        },
        "train": {
            "description": "How `cnnshape train` trains it where no option says otherwise.",
            "type": ["object", "null"],
        },
    }


def _block() -> Schema:
    return {
        "type": "object",
        "required": ["layers"],
        "properties": {
            "description": {"description": "What it is.", **_TEXT},
            "params": {
                "description": "Its parameters with their defaults; null: must be given.",
                "$ref": "#/$defs/params",
            },
            "inputs": {
                "description": "Names for the values that it reads, where it reads several.",
                "$ref": "#/$defs/names",
            },
            "layers": {"description": "What it is made of.", "$ref": "#/$defs/layers"},
        },
        "additionalProperties": False,
    }


def _common() -> dict[str, Schema]:
    """The keys that every entry of a list of layers may have."""
    return {
        "name": {"description": "Its name; unique beside its neighbours.", **_TEXT},
        "from": {
            "description": "What it reads: a name, or a list of names; `input` is what the "
            "network or block reads. Default: the entry before it.",
            "$ref": "#/$defs/names",
        },
        "repeat": {
            "description": "How many times it stands here; $i is the index, from 0.",
            **_or_expression({"type": "integer", "minimum": 0}),
        },
        "when": {
            "description": "Whether it is there at all.",
            **_or_expression({"type": ["boolean", "integer"]}),
        },
    }


def _entry_mapping() -> Schema:
    """An entry that is a mapping; one of four keys says what it is."""
    forms: dict[str, dict[str, Schema]] = {
        "share": {
            "share": {
                "description": "The layer whose module is used again.",
                "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "maxItems": 1}],
            },
        },
        "branches": {
            "branches": {
                "description": "Paths that read the same value: a mapping of names, or a list.",
                "if": {"type": "array"},
                "then": {"items": {"$ref": "#/$defs/branch"}, "minItems": 1},
                "else": {
                    "type": "object",
                    "additionalProperties": {"$ref": "#/$defs/branch"},
                    "minProperties": 1,
                },
            },
            "join": {
                "description": "The layer that joins the branches: Add, Concat, Multiply ...",
                "$ref": "#/$defs/join",
            },
        },
        "layers": {
            "layers": {"description": "Layers under one name.", "$ref": "#/$defs/layers"},
        },
    }
    return {
        "type": "object",
        "oneOf": [{"required": [key]} for key in ("type", *forms)],
        "properties": {"type": {"$ref": "#/$defs/type_name"}},
        "allOf": [
            {
                "if": {"required": ["type"]},
                "then": {"$ref": "#/$defs/typed_entry"},
            },
            *(
                {
                    "if": {"required": [key]},
                    "then": {
                        "required": list(properties),
                        "properties": {**properties, **_common()},
                        "additionalProperties": False,
                    },
                }
                for key, properties in forms.items()
            ),
        ],
    }


def _branch() -> Schema:
    """A branch: a list of entries, one entry, {when, layers}, or nothing."""
    is_group = {"not": {"anyOf": [{"required": [k]} for k in ("type", "branches", "share")]}}
    common = _common()
    return {
        "if": {"type": "object"},
        "then": {
            "if": is_group,
            "then": {
                "properties": {"layers": {"$ref": "#/$defs/layers"}, "when": common["when"]},
                "additionalProperties": False,
            },
            "else": {"$ref": "#/$defs/entry_mapping"},
        },
        "else": {
            "if": {"type": "string"},
            "then": {"$ref": "#/$defs/type_name"},
            "else": {"$ref": "#/$defs/layers"},
        },
    }


def _type_name(types: Any) -> Schema:
    known = [
        {"const": name, "description": document(layer).summary} for name, layer in types.items()
    ]
    other = {"type": "string", "minLength": 1, "description": "A block, or a plugin's type."}
    return {"anyOf": [*known, other]}


def _typed_entry(types: Any) -> Schema:
    """A layer or the use of a block: where the type is known, so are its arguments."""
    return {
        "type": "object",
        "properties": _common(),
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/types/{name}"},
            }
            for name in types
        ],
    }


def _layer_type(layer: type[Layer]) -> Schema:
    documentation = document(layer)
    text = [documentation.summary, documentation.details, documentation.source]
    arguments = {
        name: {
            "description": documentation.arguments.get(name, ""),
            **_or_expression(_field(field, layer)),
        }
        for name, field in layer.fields.items()
    }
    return {
        "title": layer.__name__,
        "description": "\n\n".join(filter(None, text)),
        "required": [name for name, field in layer.fields.items() if field.required],
        "properties": {"type": True, **dict.fromkeys(_common(), True), **arguments},
        "additionalProperties": False,
    }


def _field(field: Field[Any], layer: type[Layer]) -> Schema:
    schema = field.schema(layer)
    return {"anyOf": [schema, {"type": "null"}]} if field.inferred else schema


def _or_expression(schema: Schema) -> Schema:
    """What `schema` takes, or an expression in its place or in that of a list's element."""
    rest = {key: value for key, value in schema.items() if key == "default"}
    return {"anyOf": [*_alternatives(schema), {"$ref": "#/$defs/expression"}], **rest}


def _alternatives(schema: Schema) -> list[Schema]:
    """The schemas of which one must hold, without nesting and repetition."""
    if "anyOf" not in schema:
        own = {key: value for key, value in schema.items() if key != "default"}
        return [{**own, "items": _or_expression(own["items"])}] if "items" in own else [own]
    found: list[Schema] = []
    for part in schema["anyOf"]:
        found += [one for one in _alternatives(part) if one not in found]
    return found
