"""The HTTP interface: all domains' routes as one application."""

from omnileads.api.application import create_app

__all__ = ["create_app"]
