"""From a network back to a program that a person would write: templates with parameters.

Data alone, no text and no torch: `program` finds the structure, `yaml_text` writes it
as a spec, and an exporter may write it in any other language.
"""

from .arguments import spec_arguments, written_arguments
from .expanding import Layer, called_in, expand
from .finding import program
from .program import (
    Argument,
    Call,
    Expression,
    GroupCall,
    LayerCall,
    Param,
    Parameter,
    PerTurn,
    Program,
    Reference,
    Template,
    TypeName,
)

__all__ = [
    "Argument",
    "Call",
    "Expression",
    "GroupCall",
    "Layer",
    "LayerCall",
    "Param",
    "Parameter",
    "PerTurn",
    "Program",
    "Reference",
    "Template",
    "TypeName",
    "called_in",
    "expand",
    "program",
    "spec_arguments",
    "written_arguments",
]
