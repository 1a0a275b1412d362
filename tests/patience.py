"""How long a test waits for what it started."""

PATIENCE = 600.0
"""Seconds after which it is taken to hang. A machine that is ten times slower than ours, and busy
with other things, must not come near: what a test waits for is a condition, not the time."""
