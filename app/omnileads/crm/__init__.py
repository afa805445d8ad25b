"""External sites (requests to CRMs), how they authenticate, and external systems (the ids CRMs know us by)."""
