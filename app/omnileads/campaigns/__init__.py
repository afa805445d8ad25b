"""Inbound campaigns: queue settings, members, supervisors and disposition options."""
