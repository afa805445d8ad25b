"""What can go wrong with requests to CRMs that run as jobs."""

from __future__ import annotations

from omnileads.kit.errors import AppError, Conflict


class _SiteFailed(AppError):
    """`site_status` is the status the site answered with, if it answered."""

    def __init__(self, message: str | None = None, *, site_status: int | None = None) -> None:
        super().__init__(message)
        self.site_status = site_status


class SiteRefused(_SiteFailed):
    """A request that repeating would not help; the text says what to do."""

    code = "external-site-refused"
    status = 409


class SiteUnreachable(_SiteFailed):
    """The last attempt failed as those before it."""

    code = "external-site-unreachable"
    status = 503


class SiteGone(Conflict):
    code = "external-site-gone"
    message = "The external site was deleted before its request was sent."
