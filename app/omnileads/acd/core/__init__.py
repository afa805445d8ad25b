"""The pure core of the ACD: events in, commands out, no I/O, no clock, no randomness of its own."""
