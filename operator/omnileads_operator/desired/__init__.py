"""What must exist for an instance, as pure functions: (spec, what was observed) -> objects of Kubernetes as data."""
