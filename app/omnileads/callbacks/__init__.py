"""Callbacks: when somebody is to be called again, by an agent of its own accord or by the dialer."""
