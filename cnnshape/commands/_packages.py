"""What to install where a package is missing, by the name that Python imports."""

from __future__ import annotations

PACKAGES = {
    "PIL": "pillow",
    "graphviz": "graphviz",
    "graphviz_pure": "graphviz-pure",
    "numpy": "numpy",
    "onnx": "'cnnshape[onnx]'",
    "onnxruntime": "'cnnshape[onnx]'",
    "onnxscript": "'cnnshape[onnx]'",
    "platformdirs": "platformdirs",
    "pooch": "pooch",
    "rich": "rich",
    "safetensors": "safetensors",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "torchinfo": "torchinfo",
    "typst": "typst",
    "yaml": "pyyaml",
}


def missing_package(fault: ImportError) -> str:
    """What is told of an import that failed: '' where the module is no package of these."""
    name = (fault.name or "").partition(".")[0]
    if name not in PACKAGES:
        return ""
    missing = isinstance(fault, ModuleNotFoundError)
    why = "is not installed" if missing else f"cannot be imported ({fault})"
    return f"this needs the package {name}, which {why}: pip install {PACKAGES[name]}"
