"""The call log: events, their projection to calls, and recordings."""
