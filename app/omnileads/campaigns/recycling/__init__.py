"""Recycling: contacts of a campaign are worked once more, in the same campaign or in a new one."""
