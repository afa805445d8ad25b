"""Makes agents, campaigns and routes for a measurement. Runs inside the app image, with its settings.

    python seed.py AGENTS

Writes one line of JSON: the agents' ids. Campaign 1 is not recorded and has the DID 1000; campaign 2 is, and has 2000.
"""

import json
import sys
from datetime import UTC, datetime

from sqlalchemy import select

from omnileads import tables  # noqa: F401 (what campaigns refer to)
from omnileads.accounts.models import Role, User
from omnileads.agents.models import Agent, AgentGroup
from omnileads.campaigns.models import Campaign, CampaignMember, CampaignQueue
from omnileads.kit.db import Database
from omnileads.settings import PlatformSettings, read
from omnileads.telephony.models import InboundRoute

WRAPUP_SECONDS = 1
FIRST_EXTENSION = 1000
NO_PASSWORD = "!"  # noqa: S105 - no hash looks like this, so nobody can sign in


def seed(agents: int) -> list[int]:
    with Database(read(PlatformSettings).postgres, "bench").transaction() as session:
        role = session.scalars(select(Role).where(Role.slug == "agent")).one()
        group = AgentGroup(name="bench", auto_unpause_seconds=WRAPUP_SECONDS, auto_attend_inbound=True)
        session.add(group)
        session.flush()
        members = []
        for number in range(agents):
            user = User(
                username=f"agent{number}", password_hash=NO_PASSWORD, role_id=role.id, created_at=datetime.now(UTC)
            )
            session.add(user)
            session.flush()
            member = Agent(user_id=user.id, group_id=group.id, extension=FIRST_EXTENSION + number)
            session.add(member)
            session.flush()
            members.append(member.id)
        for name, did, is_recorded in (("plain", "1000", False), ("recorded", "2000", True)):
            campaign = Campaign(
                kind="inbound",
                name=name,
                recording_enabled=is_recorded,
                queue=CampaignQueue(strategy="rrmemory", ring_seconds=15, retry_seconds=1),
                members=[CampaignMember(agent_id=member) for member in members],
            )
            session.add(campaign)
            session.flush()
            session.add(
                InboundRoute(
                    name=name, did=did, language="en", destination_type="inbound-campaign", destination_id=campaign.id
                )
            )
        return members


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed(int(sys.argv[1]))) + "\n")
