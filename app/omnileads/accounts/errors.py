"""What accounts refuses, one class per case."""

from __future__ import annotations

from typing import ClassVar

from omnileads.kit.errors import AppError, Conflict, FieldProblem, Forbidden, NotSignedIn, ValidationFailed


class InvalidCredentials(AppError):
    code = "invalid-credentials"
    status = 401
    message = "The username or the password is wrong. Check both; capital letters matter in the password."
    keeps_changes = True


class AccountLocked(AppError):
    """The same answer whether the name belongs to a user or not."""

    code = "account-locked"
    status = 423
    keeps_changes = True

    def __init__(self, failure_limit: int) -> None:
        super().__init__(
            f"This account is locked after {failure_limit} failed sign-ins. Ask an administrator to unblock it in "
            "Users, or run `oml unblock-user <username>` on the server."
        )


class SessionEnded(NotSignedIn):
    message = "Your session has ended, by time or because you signed in elsewhere. Sign in again."


class TokenRefused(NotSignedIn):
    message = "This token is unknown, expired or revoked. Create a new one."
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}


class CsrfFailed(Forbidden):
    code = "csrf-failed"
    message = "The header X-CSRF-Token is missing or does not belong to this session. Load the page again."


class SessionRequired(Forbidden):
    code = "session-required"
    message = "This needs a web session; a token is not enough. Sign in to the console."


class WrongCurrentPassword(AppError):
    """Counted like a failed sign-in."""

    code = "wrong-current-password"
    status = 422
    message = "The current password is wrong."
    keeps_changes = True


class UsernameTaken(Conflict):
    code = "username-taken"
    message = "Another user has this username. Choose a different one."


class TokenNameTaken(Conflict):
    code = "token-name-taken"
    message = "You already have a token with this name. Choose a different one or revoke that one."


class TooManyTokens(Conflict):
    code = "too-many-tokens"
    message = "You have as many tokens as are allowed. Revoke one you no longer use."


class RoleNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another role has this name.")])


class RolePredefined(Conflict):
    code = "role-predefined"
    message = "A predefined role cannot be changed or deleted. Make a role of your own with the same permissions."


class RoleInUse(Conflict):
    code = "in-use"


class OwnRole(Conflict):
    code = "own-role"
    message = "You cannot change or delete the role you have yourself. Ask somebody of another role."


class RoleBeyondOwn(Forbidden):
    code = "role-beyond-own"
    message = "This role allows more than yours does. Ask an administrator."


class NotAnAgentUser(Conflict):
    code = "not-an-agent"
    message = "Only agents can be cloned. Create this user anew instead."


class PasswordChangeNotAllowed(Forbidden):
    code = "password-change-not-allowed"
    message = "Your group does not allow changing the password. Ask your supervisor."


class OwnAccount(Conflict):
    code = "own-account"
    message = "You cannot delete, deactivate or change the role of the account you are signed in with."


class LastAdministrator(Conflict):
    code = "last-administrator"
    message = "This is the last active administrator. Make another user administrator first."


class RoleNotManaged(Forbidden):
    code = "role-not-managed"
    message = "Your role does not allow managing users of this role. Ask an administrator."
