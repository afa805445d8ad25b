"""What can go wrong with agents, groups, pauses and requests to the call engine."""

from __future__ import annotations

from omnileads.kit.errors import Conflict, FieldProblem, Forbidden, Unavailable, ValidationFailed


class GroupNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another agent group has this name.")])


class PauseNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another pause has this name.")])


class PauseSetNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", "Another pause set has this name.")])


class PauseSetInUse(Conflict):
    code = "in-use"


class PauseNotOffered(Conflict):
    code = "pause-not-offered"
    message = "Your group does not have this pause. Choose another one."


class GroupInUse(Conflict):
    code = "agent-group-in-use"


class PauseInUse(Conflict):
    code = "pause-in-use"


class AgentOnCall(Conflict):
    code = "agent-on-call"
    message = "This agent is on a call now. Try again when it is over."


class NoFreeExtension(Conflict):
    code = "no-free-extension"
    message = "All extensions are taken. Delete agents that no longer work here."


class NotAnAgent(Forbidden):
    code = "not-an-agent"
    message = "Your user has no agent profile. Ask an administrator to make one."


class EngineUnavailable(Unavailable):
    code = "engine-unavailable"
    message = "The call engine does not answer. Your state has not changed; try again in a few seconds."


class EngineRefused(Conflict):
    """The engine understood and said no; its own code is in `fields`."""

    code = "engine-refused"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, fields=[FieldProblem("", code, message)])
