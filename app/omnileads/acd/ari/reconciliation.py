"""After a connection to an Asterisk: what became of its calls while nobody looked.

Compares the engine's records with its channels and bridges, and says what to tell the engine and what to repair.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from omnileads.acd.ari.telephony import EARS_SUFFIX, SNOOP_SUFFIX, Telephony, snoop_of
from omnileads.acd.ari.translation import entered, is_agent_leg, is_outbound, stasis_arguments
from omnileads.acd.core.commands import Command, Connect, HangUp, StartMusic, Unbridge
from omnileads.acd.core.events import (
    CallArrived,
    CallerHungUp,
    Dialled,
    Event,
    LegAnswered,
    LegEnded,
    PlaybackFinished,
)
from omnileads.acd.core.model import Call, CallPhase
from omnileads.acd.core.world import World

NORMAL_CLEARING = 16
JsonObject = dict[str, Any]


@dataclass(slots=True)
class Findings:
    """Events for the engine, in order, and commands that repair what was left half done."""

    events: list[Event] = field(default_factory=list)
    repairs: list[Command] = field(default_factory=list)


async def compare(world: World, node: str, telephony: Telephony, new_call_id: Callable[[], str]) -> Findings:
    """Look at one Asterisk and find where it differs from the records. Raises AriUnavailable, AriRefused."""
    channels: dict[str, JsonObject] = {channel["id"]: channel for channel in await telephony.channels()}
    bridges: dict[str, JsonObject] = {bridge["id"]: bridge for bridge in await telephony.bridges()}
    findings = Findings()
    for call in [call for call in world.calls.values() if call.node == node]:
        if call.is_outbound and call.phase is not CallPhase.TALKING:
            _compare_call_out(call, channels, findings)
        elif call.channel_id not in channels:
            findings.events.append(CallerHungUp(call.channel_id))
        elif call.phase is CallPhase.AWAY:
            await _compare_away(call, channels[call.channel_id], telephony, findings, new_call_id)
        else:
            await _compare_call(world, call, channels, bridges, telephony, findings)
        _compare_watches(call, channels, findings)
    _adopt_or_end_strangers(world, channels, findings, new_call_id)
    for bridge in bridges.values():
        call_of_bridge = world.calls.get(bridge["id"])
        is_needed = call_of_bridge is not None and call_of_bridge.phase in (CallPhase.TALKING, CallPhase.DIALING)
        is_needed = is_needed or str(bridge["id"]).removesuffix(EARS_SUFFIX) in world.call_of_watch
        if bridge.get("name") == "omnileads" and not is_needed:
            findings.repairs.append(Unbridge(call_id=bridge["id"]))
    return findings


async def _compare_call(
    world: World,
    call: Call,
    channels: dict[str, JsonObject],
    bridges: dict[str, JsonObject],
    telephony: Telephony,
    findings: Findings,
) -> None:
    match call.phase:
        case CallPhase.WELCOME | CallPhase.ASKING | CallPhase.CLOSING:
            if call.playback_id is not None:
                await _compare_playback(call.playback_id, telephony, findings)
        case CallPhase.QUEUED:
            queue = world.queue(call.campaign_id)
            if call.playback_id is None:
                findings.repairs.append(StartMusic(call.id, call.channel_id, queue.moh_class if queue else "default"))
            else:
                await _compare_playback(call.playback_id, telephony, findings)
            for offer in call.offers:
                _compare_offer(offer.leg_id, channels, findings)
        case CallPhase.TALKING:
            leg_id = call.leg_id or ""
            members = bridges.get(call.id, {}).get("channels", [])
            if leg_id not in channels:
                findings.events.append(LegEnded(leg_id, NORMAL_CLEARING))
            elif call.playback_id is not None:
                await _compare_playback(call.playback_id, telephony, findings)
            elif not {call.channel_id, leg_id} <= set(members):
                findings.repairs.append(Connect(call.id, call.channel_id, leg_id))


async def _compare_playback(playback_id: str, telephony: Telephony, findings: Findings) -> None:
    if not await telephony.is_playing(playback_id):
        findings.events.append(PlaybackFinished(playback_id))


def _compare_call_out(call: Call, channels: dict[str, JsonObject], findings: Findings) -> None:
    """A call out that nobody has answered yet, as far as the engine knows."""
    leg_id = call.leg_id or ""
    if call.phase is CallPhase.CALLING_AGENT:
        _compare_offer(leg_id, channels, findings)
    elif leg_id not in channels:
        findings.events.append(LegEnded(leg_id, NORMAL_CLEARING))
    elif call.channel_id not in channels:
        findings.events.append(CallerHungUp(call.channel_id, NORMAL_CLEARING))
    elif channels[call.channel_id].get("state") == "Up":
        findings.events.append(Dialled(call.channel_id, "answered"))


async def _compare_away(
    call: Call,
    channel: JsonObject,
    telephony: Telephony,
    findings: Findings,
    new_call_id: Callable[[], str],
) -> None:
    """A caller in the dialplan is watched again, or has come back meanwhile."""
    arguments = stasis_arguments(channel)
    if arguments is None:
        await telephony.watch(call.channel_id)
    elif (event := entered(channel, arguments, new_call_id)) is not None:
        findings.events.append(event)


def _compare_offer(leg_id: str, channels: dict[str, JsonObject], findings: Findings) -> None:
    channel = channels.get(leg_id)
    if channel is None:
        findings.events.append(LegEnded(leg_id, NORMAL_CLEARING))
    elif stasis_arguments(channel) is not None:
        findings.events.append(LegAnswered(leg_id))


def _compare_watches(call: Call, channels: dict[str, JsonObject], findings: Findings) -> None:
    """Supervisors on the call, or being rung for it."""
    for watch in call.watches:
        if not watch.is_on:
            _compare_offer(watch.leg_id, channels, findings)
        elif watch.leg_id not in channels:
            findings.events.append(LegEnded(watch.leg_id, NORMAL_CLEARING))
        elif watch.kind in ("listen", "whisper") and snoop_of(watch.leg_id) not in channels:
            findings.repairs.append(HangUp(call.id, watch.leg_id))


def _adopt_or_end_strangers(
    world: World, channels: dict[str, JsonObject], findings: Findings, new_call_id: Callable[[], str]
) -> None:
    """Callers nobody knows are new callers; legs nobody knows belong to nobody."""
    for channel_id, channel in channels.items():
        if channel_id in world.call_of_channel or channel_id in world.call_of_leg:
            continue
        if channel_id.removesuffix(SNOOP_SUFFIX) in world.call_of_watch:
            continue
        if is_agent_leg(channel) or is_outbound(channel) or channel_id.endswith(SNOOP_SUFFIX):
            findings.repairs.append(HangUp(call_id=channel_id, channel_id=channel_id))
        elif isinstance(caller := entered(channel, stasis_arguments(channel) or [], new_call_id), CallArrived):
            findings.events.append(caller)
