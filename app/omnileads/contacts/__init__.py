"""Contact bases, their contacts, the files they come from, and the numbers nobody may call."""
