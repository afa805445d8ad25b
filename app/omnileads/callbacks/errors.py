"""What can go wrong with callbacks, beside fields that are not acceptable."""

from __future__ import annotations

from omnileads.kit.errors import Conflict, Forbidden


class CallbacksNotAllowed(Forbidden):
    code = "callbacks-not-allowed"
    message = "Your agent group may not see its callbacks. Ask your supervisor."


class GlobalCallback(Conflict):
    code = "callback-global"
    message = "A global callback is the dialer's, not an agent's. Only personal ones can be given to somebody else."


class CallbackExists(Conflict):
    code = "callback-exists"
    message = "This agent is already to call this contact. Change that callback instead."
