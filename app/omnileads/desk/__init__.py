"""The agent's desk: whom a call is with, what to say, and what the campaign's external site is told."""
