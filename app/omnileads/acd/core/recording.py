"""Names of recordings."""

from datetime import datetime

from omnileads.acd.core.model import Call
from omnileads.acd.core.world import World


def recording_path(world: World, call: Call, *, kind: str, agent_id: int | None, leg_id: str) -> str:
    """Path below the recordings folder: a folder a day, then the kind, the parts the scheme asks for, and the leg.

    The day is that of the installation's time zone, so that a recording lies where people look for it.
    """
    day = datetime.fromtimestamp(world.now / 1000, tz=world.config.timezone)
    scheme = world.config.recording_name
    number = "".join(character for character in call.number if character.isalnum()) or "anonymous"
    parts = (
        (True, kind),
        (scheme.with_date, day.strftime("%Y%m%d")),
        (scheme.with_campaign_id and call.campaign_id > 0, str(call.campaign_id)),
        (scheme.with_agent_id and agent_id is not None, str(agent_id)),
        (scheme.with_phone, number),
        (True, leg_id),
    )
    return f"{day:%Y-%m-%d}/{'-'.join(text for is_wanted, text in parts if is_wanted)}.wav"
