"""Live state of agents and calls, its websocket, and today's counters."""
