"""Training, evaluating and asking a network: data sets, the loop, and the folder of a run."""
