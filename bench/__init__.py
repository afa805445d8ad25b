"""Measurements. `make bench` runs them all; docs/bench.md says how to read the results."""
