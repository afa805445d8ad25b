"""Requests and answers of telephony, a module for each topic; what other domains need is imported from here."""

from omnileads.telephony.schemas.destinations import Destination, DestinationOut, NamedItem

__all__ = ["Destination", "DestinationOut", "NamedItem"]
