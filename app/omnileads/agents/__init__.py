"""Agent profiles, agent groups, pauses and the agent console's API."""
