"""The heads that are held and not run."""

from __future__ import annotations

import pytest
import torch

from cnnshape.layers import LayerError

from .agreement import bound


def test_inception_aux_holds_its_weights_and_passes_its_input_on() -> None:
    layer = bound("InceptionAux", {"num_classes": 1000}, (768, 17, 17))
    module = layer.module()
    x = torch.randn(2, 768, 17, 17)
    for training in (False, True):
        assert torch.equal(module.train(training)(x), x)
    assert layer.parameter_count() == sum(weight.numel() for weight in module.parameters())
    # From figure 8: a 1×1 convolution to 128 maps, a 5×5 one to 768, and the classes.
    assert layer.parameter_count() == 128 * 770 + 768 * (25 * 128 + 2) + 1000 * 769
    assert layer.macs(((768, 17, 17),), (768, 17, 17)) == 0
    (note,) = layer.notes(((768, 17, 17),), (768, 17, 17))
    assert note.startswith("held, not run")


def test_inception_aux_reads_a_map() -> None:
    with pytest.raises(LayerError, match="InceptionAux reads C×H×W, not 768"):
        bound("InceptionAux", {"num_classes": 10}, (768,))
