"""The packages of cnnshape, in parts, and the line that installs what is missing."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

BASE = ("typer", "rich", "pyyaml", "platformdirs", "graphviz", "graphviz-pure")
"""What every installation has, by the names of the package index."""

PARTS = {
    "torch": ("torch", "torchinfo", "numpy", "safetensors"),
    "train": ("scikit-learn", "scipy", "pooch", "pillow"),
    "onnx": ("onnx", "onnxruntime", "onnxscript"),
    "pdf": ("typst", "pillow"),
}
"""What each extra brings, by the names of the index. 'train' and 'onnx' bring 'torch' too."""

_MODULES = {
    "graphviz-pure": "graphviz_pure",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "scikit-learn": "sklearn",
}


class MissingPackage(ImportError):
    """A package is not installed: the text says which, and how to install it."""


def require(*parts: str) -> None:
    """Ask for the first package of the first part, before anything is read or imported.

    Raises:
        MissingPackage: it is not installed. The text names whatever is missing of all the parts,
            so that nobody has to come again for the next one.
    """
    if not _is_there(PARTS[parts[0]][0]):
        raise MissingPackage(missing_text(*(each for part in parts for each in PARTS[part])))


def missing_text(*packages: str) -> str:
    """'this needs torch, which is not installed; help: python -m pip install torch ...'.

    Args:
        packages: what is missing, and what is wanted beside it where it is missing too.
    """
    first = packages[0]
    missing = [each for each in dict.fromkeys(packages) if each == first or not _is_there(each)]
    return f"this needs {first}, which is not installed; help: {install_line(*missing)}"


def missing_package(fault: ImportError) -> str:
    """What is told of an import that failed: '' where the module is no package of cnnshape."""
    if isinstance(fault, MissingPackage):
        return str(fault)
    package = _package((fault.name or "").partition(".")[0])
    if not package:
        return ""
    if not isinstance(fault, ModuleNotFoundError):
        return f"the package {package} cannot be imported: {fault}; help: {install_line(package)}"
    return missing_text(package, *_beside(package))


def install_line(*packages: str) -> str:
    """The command that installs packages where this program finds them.

    It names the Python that runs this, so that it is right whether cnnshape came from an index,
    a checkout or pipx, and whether or not the environment is activated.
    """
    python = sys.executable
    if python.startswith(os.getcwd() + os.sep):
        python = os.path.relpath(python)
    # Looked for by hand: to ask for its spec makes some versions of setuptools warn.
    if not any(os.path.isdir(os.path.join(folder, "pip")) for folder in sys.path):  # as uv has it
        return f"uv pip install --python {_quoted(python)} {' '.join(packages)}"
    return f"{_quoted(python)} -m pip install {' '.join(packages)}"


def _quoted(path: str) -> str:
    """A path as the system's usual shell takes it."""
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline([path])
    from shlex import quote

    return quote(path)


def _package(module: str) -> str:
    for package in (*BASE, *(each for part in PARTS.values() for each in part)):
        if _MODULES.get(package, package) == module:
            return package
    return ""


def _beside(package: str) -> tuple[str, ...]:
    """What is always wanted together with a package."""
    return next((PARTS[part] for part in ("torch", "onnx") if package in PARTS[part]), ())


def _is_there(package: str) -> bool:
    return find_spec(_MODULES.get(package, package)) is not None
