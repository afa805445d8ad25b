"""Carries out the engine's commands on Asterisk.

The commands of one call run in order; those of different calls run at the same time. "It is gone" is an outcome: the
event that says so is on its way. A leg that cannot be rung is told to the engine as ended.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog

from omnileads.acd.ari.connection import APPLICATION, AriConnection, AriRefused, AriUnavailable
from omnileads.acd.core.commands import (
    AnswerCaller,
    AskCrm,
    Command,
    Connect,
    DialOut,
    HangUp,
    JoinTalk,
    Listen,
    PlayAnnouncement,
    PlayRinging,
    RingAgent,
    RunDialplan,
    StartMusic,
    StopAnnouncement,
    StopListening,
    Unbridge,
)
from omnileads.acd.core.events import CallerHungUp, CrmAnswered, Event, PlaybackFinished, RingRefused
from omnileads.acd.core.nodes import TEMPORARY_FAILURE
from omnileads.acd.crm import Crm
from omnileads.settings import KamailioTopic

log = structlog.get_logger(__name__)

RECORDINGS_FOLDER = "/var/spool/omnileads/recordings"
"""Where the recordings volume is mounted in the asterisk image."""

SNOOP_SUFFIX, EARS_SUFFIX = "-snoop", "-ears"

_ENTERING_SECONDS = 3.0
_GONE = 404


class Telephony:
    """Commands to one Asterisk. `report` takes the events that follow from commands which failed.

    `kamailios` is looked into for where a webphone is rung, `host:port` by extension, and changes meanwhile; the one of
    the settings is asked for those that are not in it.
    """

    def __init__(
        self, kamailio: KamailioTopic, crm: Crm, report: Callable[[Event], object], kamailios: Mapping[str, str]
    ) -> None:
        self._kamailio = f"{kamailio.host}:{kamailio.sip_port}"
        self._kamailios = kamailios
        self._crm = crm
        self._report = report
        self._connection: AriConnection | None = None
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._entering: dict[str, asyncio.Future[None]] = {}
        """channels created by us that are not in our application yet"""
        self._actions: dict[type[Command], Callable[[Any], Awaitable[None]]] = {
            AnswerCaller: self._answer,
            PlayAnnouncement: self._play,
            StopAnnouncement: self._stop_playing,
            StartMusic: self._start_music,
            AskCrm: self._ask_crm,
            RunDialplan: self._run_dialplan,
            RingAgent: self._ring,
            DialOut: self._dial,
            PlayRinging: self._play_ringing,
            Connect: self._connect,
            Listen: self._listen,
            StopListening: self._stop_listening,
            JoinTalk: self._join,
            HangUp: self._hang_up,
            Unbridge: self._unbridge,
        }

    def use(self, connection: AriConnection | None) -> None:
        """Send commands over this connection from now on; None while there is none (commands then fail)."""
        self._connection = connection

    def entered(self, channel_id: str) -> None:
        """A channel is in our application from now on."""
        entering = self._entering.get(channel_id)
        if entering is not None and not entering.done():
            entering.set_result(None)

    def submit(self, commands: Iterable[Command]) -> None:
        """Carry out these commands, each after the earlier ones of its call."""
        for command in commands:
            call_id = command.call_id
            lane = asyncio.create_task(self._after(self._lanes.get(call_id), command))
            self._lanes[call_id] = lane
            lane.add_done_callback(lambda done, call_id=call_id: self._forget(call_id, done))  # type: ignore[misc]

    async def drain(self) -> None:
        """Wait until all commands submitted so far are carried out."""
        while self._lanes:
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def channels(self) -> list[dict[str, Any]]:
        """Asterisk's channels, as ARI describes them."""
        return list(await self._request("GET", "channels"))

    async def bridges(self) -> list[dict[str, Any]]:
        """Asterisk's bridges, as ARI describes them."""
        return list(await self._request("GET", "bridges"))

    async def is_playing(self, playback_id: str) -> bool:
        """Whether an announcement is still heard."""
        try:
            await self._request("GET", f"playbacks/{playback_id}")
        except AriRefused as error:
            if error.status == _GONE:
                return False
            raise
        return True

    async def watch(self, channel_id: str) -> None:
        """Hear of a channel although it is outside of our application."""
        await self._request(
            "POST", f"applications/{APPLICATION}/subscription", {"eventSource": f"channel:{channel_id}"}
        )

    async def variable(self, name: str) -> str:
        """A global variable of Asterisk's dialplan; empty if it is not set."""
        try:
            answer = await self._request("GET", "asterisk/variable", {"variable": name})
        except AriRefused as error:
            if error.status == _GONE:
                return ""
            raise
        return str(answer.get("value", ""))

    async def set_variable(self, name: str, value: str) -> None:
        """Set a global variable of Asterisk's dialplan."""
        await self._request("POST", "asterisk/variable", {"variable": name, "value": value})

    # --- one command -------------------------------------------------------------------------------------------------

    async def _after(self, earlier: asyncio.Task[None] | None, command: Command) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        try:
            await self._actions[type(command)](command)
        except (AriRefused, AriUnavailable) as error:
            is_gone = isinstance(error, AriRefused) and error.status == _GONE
            if not is_gone and self._connection is not None:
                log.warning(
                    "ari.command-failed",
                    command=type(command).__name__,
                    call_id=command.call_id,
                    reason=str(error),
                )
            self._report_failure(command)

    async def _answer(self, command: AnswerCaller) -> None:
        language = {"variable": "CHANNEL(language)", "value": command.language}
        await asyncio.gather(
            self._request("POST", f"channels/{command.channel_id}/answer"),
            self._request("POST", f"channels/{command.channel_id}/variable", language),
        )

    async def _play(self, command: PlayAnnouncement) -> None:
        await self._request(
            "POST", f"channels/{command.channel_id}/play/{command.playback_id}", {"media": command.media}
        )

    async def _stop_playing(self, command: StopAnnouncement) -> None:
        await self._request("DELETE", f"playbacks/{command.playback_id}")

    async def _start_music(self, command: StartMusic) -> None:
        await self._request("POST", f"channels/{command.channel_id}/moh", {"mohClass": command.moh_class})

    async def _play_ringing(self, command: PlayRinging) -> None:
        await self._request("POST" if command.is_on else "DELETE", f"channels/{command.channel_id}/ring")

    async def _hang_up(self, command: HangUp) -> None:
        await self._request("DELETE", f"channels/{command.channel_id}", {"reason": command.reason})

    async def _unbridge(self, command: Unbridge) -> None:
        await self._request("DELETE", f"bridges/{command.call_id}")

    async def _ask_crm(self, command: AskCrm) -> None:
        self._report(CrmAnswered(command.call_id, await self._crm.ask(command.url, command.customer_id)))

    async def _ring(self, command: RingAgent) -> None:
        variables = {
            "OML_CALL_ID": command.call_id,
            "OML_LEG_ID": command.leg_id,
            **{f"PJSIP_HEADER(add,{name})": _header_value(value) for name, value in command.headers.items()},
            **_recording_variable(command.recording),
        }
        kamailio = self._kamailios.get(command.extension, self._kamailio)
        query = {
            "endpoint": f"PJSIP/agents/sip:{command.extension}@{kamailio}",
            "context": "oml-agent-leg",
            "extension": "s",
            "priority": "1",
            "callerId": f"<{command.caller_id}>" if command.caller_id else "anonymous",
            "timeout": str(command.timeout_seconds),
        }
        await self._request("POST", f"channels/{command.leg_id}", query, {"variables": variables})

    async def _run_dialplan(self, command: RunDialplan) -> None:
        """Outside of our application a channel is heard of only where we ask for it."""
        channel = command.channel_id
        variables = {**command.variables, **_recording_variable(command.recording)}
        await asyncio.gather(
            self.watch(channel),
            *(
                self._request("POST", f"channels/{channel}/variable", {"variable": name, "value": value})
                for name, value in variables.items()
            ),
        )
        place = {"context": command.context, "extension": "s", "priority": "1"}
        await self._request("POST", f"channels/{channel}/continue", place)

    async def _dial(self, command: DialOut) -> None:
        """Created first and dialled then, so that what the network plays before the answer can be heard."""
        query = {
            "endpoint": f"PJSIP/{command.number}@{command.trunk}",
            "app": APPLICATION,
            "appArgs": "outbound",
            "channelId": command.channel_id,
            "originator": command.leg_id,
        }
        variables = {"CONNECTEDLINE(num,i)": command.caller_id} if command.caller_id else {}
        # Asterisk dials only channels that are in the application.
        await self._create(command.channel_id, "channels/create", query, {"variables": variables})
        timeout = {"timeout": str(command.timeout_seconds)}
        await self._request("POST", f"channels/{command.channel_id}/dial", timeout)

    async def _connect(self, command: Connect) -> None:
        """All in one go: Asterisk carries requests of one connection out in order.

        `proxy_media` keeps the packets going through Asterisk, without which a held caller would hear silence.
        """
        bridge = {"type": "mixing,proxy_media", "bridgeId": command.call_id, "name": APPLICATION}
        outcomes = await asyncio.gather(
            self._request("POST", "bridges", bridge),
            self._request("DELETE", f"channels/{command.channel_id}/moh"),
            self._request(
                "POST",
                f"bridges/{command.call_id}/addChannel",
                {"channel": f"{command.channel_id},{command.leg_id}"},
            ),
            return_exceptions=True,
        )
        if isinstance(outcomes[2], BaseException):
            raise outcomes[2]

    async def _listen(self, command: Listen) -> None:
        """A snoop channel hears both sides of the agent's leg; with the supervisor's leg it has a bridge of its own."""
        snoop_id, bridge_id = snoop_of(command.leg_id), ears_of(command.leg_id)
        query = {
            "spy": "both",
            "whisper": "out" if command.whispers else "none",
            "app": APPLICATION,
            "appArgs": "snoop",
        }
        await self._create(snoop_id, f"channels/{command.agent_leg_id}/snoop/{snoop_id}", query)
        bridge = {"type": "mixing", "bridgeId": bridge_id, "name": APPLICATION}
        await asyncio.gather(
            self._request("POST", "bridges", bridge),
            self._request("POST", f"bridges/{bridge_id}/addChannel", {"channel": f"{snoop_id},{command.leg_id}"}),
        )

    async def _stop_listening(self, command: StopListening) -> None:
        await asyncio.gather(
            self._request("DELETE", f"channels/{snoop_of(command.leg_id)}"),
            self._request("DELETE", f"bridges/{ears_of(command.leg_id)}"),
            return_exceptions=True,
        )

    async def _join(self, command: JoinTalk) -> None:
        await self._request("POST", f"bridges/{command.call_id}/addChannel", {"channel": command.leg_id})

    async def _create(
        self, channel_id: str, uri: str, query: dict[str, str], body: dict[str, Any] | None = None
    ) -> None:
        """Make a channel and wait until it is in our application: Asterisk answers before it is."""
        entering = self._entering[channel_id] = asyncio.get_running_loop().create_future()
        try:
            await self._request("POST", uri, query, body)
            async with asyncio.timeout(_ENTERING_SECONDS):
                await entering
        except TimeoutError:
            raise AriUnavailable("the created channel did not enter the application") from None
        finally:
            del self._entering[channel_id]

    async def _request(
        self, method: str, uri: str, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Any:
        if self._connection is None:
            raise AriUnavailable("not connected to Asterisk")
        return await self._connection.request(method, uri, query, body)

    def _report_failure(self, command: Command) -> None:
        match command:
            case RingAgent():
                self._report(RingRefused(command))
            case DialOut(channel_id=channel_id):
                self._report(CallerHungUp(channel_id, TEMPORARY_FAILURE))
            case Listen(call_id=call_id, leg_id=leg_id) | JoinTalk(call_id=call_id, leg_id=leg_id):
                # A supervisor who would hear nothing; that the leg has ended is told by Asterisk.
                self.submit([HangUp(call_id, leg_id)])
            case PlayAnnouncement(playback_id=playback_id):
                self._report(PlaybackFinished(playback_id))
            case _:
                pass

    def _forget(self, call_id: str, lane: asyncio.Task[None]) -> None:
        if self._lanes.get(call_id) is lane:
            del self._lanes[call_id]
        if not lane.cancelled() and (error := lane.exception()) is not None:
            log.error("ari.lane-failed", call_id=call_id, exc_info=error)


def snoop_of(leg_id: str) -> str:
    """The id of the snoop channel that a supervisor's leg listens to."""
    return f"{leg_id}{SNOOP_SUFFIX}"


def ears_of(leg_id: str) -> str:
    """The id of the bridge in which it does."""
    return f"{leg_id}{EARS_SUFFIX}"


def _recording_variable(recording: str | None) -> dict[str, str]:
    """What tells the dialplan to record, and where."""
    return {"OML_RECORD_FILE": f"{RECORDINGS_FOLDER}/{recording}"} if recording is not None else {}


def _header_value(text: str) -> str:
    """A header value cannot carry line breaks; other control characters have no business there either."""
    return "".join(character if character.isprintable() else " " for character in text)
