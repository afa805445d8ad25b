"""The outbound dialer's process."""
