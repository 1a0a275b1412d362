"""Random networks, written in Python: shared layers, groups, branches, blocks, all types."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings

import cnnshape
from cnnshape.errors import SpecError
from cnnshape.exporting import to_python
from tests.proof.networks import Trial, trials

from .loading import assert_same

pytestmark = pytest.mark.slow

NETWORKS = 80


@pytest.mark.filterwarnings("ignore")
@settings(
    max_examples=NETWORKS,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(trial=trials())
def test_random_networks_in_python_are_themselves(trial: Trial) -> None:
    assume(not trial.refusal)
    try:
        network = cnnshape.loads(trial.text)
    except SpecError:
        assume(False)
    assert_same(network, to_python(network), formatted=False)
