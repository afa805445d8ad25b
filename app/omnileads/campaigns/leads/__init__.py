"""Leads: the contacts a preview or dialer campaign works, one after the other.

`filling` takes them from the contact base, `distribution` reserves them for agents, `delivery` gives them to agents who
ask, `desk` is what a supervisor does with them, `order` writes and reads their order as CSV, and `work` does in a job
what takes long.
"""

from omnileads.campaigns.leads.filling import follow_base

__all__ = ["follow_base"]
