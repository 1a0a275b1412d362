"""Where onnx is not installed."""

from __future__ import annotations

import sys

import pytest

from cnnshape.importing import ImportFault, import_onnx


def test_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportFault, match="-m pip install onnx"):
        import_onnx("net.onnx", (3, 8, 8))
