"""Automatic call distribution: which caller goes to which agent, and the telephony that carries it out.

`core` decides and knows no I/O; `ari` speaks to Asterisk; `store` keeps and publishes what was decided; `runner` joins
them into the `oml acd` process.
"""
