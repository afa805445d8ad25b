"""What can go wrong with requests to CRMs that run as jobs."""

from __future__ import annotations

from omnileads.kit.errors import AppError, Conflict


class SiteRefused(AppError):
    """A request that repeating would not help; the text says what to do."""

    code = "external-site-refused"
    status = 409


class SiteUnreachable(AppError):
    """The last attempt failed as those before it."""

    code = "external-site-unreachable"
    status = 503


class SiteGone(Conflict):
    code = "external-site-gone"
    message = "The external site was deleted before its request was sent."
