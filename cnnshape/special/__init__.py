"""Layer types that have a package to themselves, as they are known by how they are met, too.

Each has its types (`__init__.py`), what they are built as (`module.py`), and what finds them in
a module of torch and in an ONNX file (`from_torch.py`, `from_onnx.py`; see
`importing/special.py`). Nothing else names them.
"""
