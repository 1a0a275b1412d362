"""What is alive at once, on graphs small enough to count by hand."""

from __future__ import annotations

import cnnshape
from cnnshape.analysis import last_reads, peak_activation_elements


def test_a_chain_holds_the_input_and_two_neighbours() -> None:
    network = cnnshape.loads("{input: [10], layers: [Identity, ReLU, Identity]}")
    assert last_reads(network) == ((), ("identity1",), ("relu1",))
    assert peak_activation_elements(network) == 30


def test_a_value_lives_until_its_last_reader() -> None:
    network = cnnshape.loads(
        """
        input: [10]
        layers:
          - {name: a, type: ReLU}
          - {name: b, type: ReLU}
          - {name: c, type: ReLU}
          - {name: d, type: Add, from: [a, c]}
          - {name: e, type: Linear, out_features: 1}
        """
    )
    assert last_reads(network) == ((), (), ("b",), ("a", "c"), ("d",))
    # The input, a, b and c; then the input, a, c and d.
    assert peak_activation_elements(network) == 40


def test_outputs_live_to_the_end() -> None:
    network = cnnshape.loads(
        """
        input: [10]
        layers:
          - {name: early, type: ReLU}
          - {name: wide, type: Linear, out_features: 100, from: input}
          - {name: last, type: Linear, out_features: 1}
        outputs: [early, last]
        """
    )
    assert last_reads(network) == ((), (), ("wide",))
    assert peak_activation_elements(network) == 10 + 10 + 100 + 1


def test_a_value_that_no_one_reads_is_dropped_at_once() -> None:
    network = cnnshape.loads("{input: [10], layers: [{name: a, type: ReLU}]}")
    network.outputs = ()
    assert last_reads(network) == (("a",),)
