"""Starting texts for a trunk, as the manual's chapter 10.1.1 gives them, one per kind of connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_AUTHENTICATING_PROVIDER: Final = """\
type=wizard
transport={transport}
accepts_registrations=no
accepts_auth=no
sends_registrations=yes
sends_auth=yes
endpoint/rtp_symmetric=yes
endpoint/force_rport=yes
endpoint/rewrite_contact=yes
endpoint/timers=yes
aor/qualify_frequency=60
endpoint/allow=alaw,ulaw
endpoint/dtmf_mode=rfc4733
endpoint/context=from-pstn
remote_hosts=****IPADDR-or-FQDN:PORT****
outbound_auth/username=****YOUR SIP_USERNAME****
outbound_auth/password=****YOUR SIP_PASSWORD****
"""

_TRUSTED_PROVIDER: Final = """\
type=wizard
transport={transport}
accepts_registrations=no
accepts_auth=no
sends_registrations=no
sends_auth=no
endpoint/rtp_symmetric=no
endpoint/force_rport=no
endpoint/rewrite_contact=no
aor/qualify_frequency=60
endpoint/allow=alaw,ulaw
endpoint/dtmf_mode=rfc4733
endpoint/timers=yes
endpoint/language=es
endpoint/context=from-pstn
remote_hosts=****IPADDR-or-FQDN:PORT****
"""

_PBX: Final = """\
type=wizard
transport={transport}
accepts_registrations=no
sends_auth=yes
sends_registrations=no
accepts_auth=yes
endpoint/rtp_symmetric={far}
endpoint/force_rport={far}
endpoint/rewrite_contact={far}
endpoint/timers=yes
aor/qualify_frequency=60
endpoint/allow=alaw,ulaw
endpoint/dtmf_mode=rfc4733
endpoint/context=from-pbx
remote_hosts=****IPADDR-or-FQDN:PORT****
inbound_auth/username=****SIP_USER PBX -> OML****
inbound_auth/password=****SIP_PASS PBX -> OML****
outbound_auth/username=****SIP_USER OML -> PBX****
outbound_auth/password=****SIP_PASS OML -> PBX****
endpoint/from_user=****SIP_USER OML -> PBX****
endpoint/send_pai=yes
endpoint/trust_id_inbound=yes
"""
"""A name to sign in with is where the caller's number would be, so that goes beside it, as P-Asserted-Identity."""

_CUSTOM: Final = """\
type=wizard
transport={transport}
accepts_registrations=no
accepts_auth=no
sends_registrations=no
sends_auth=no
endpoint/allow=alaw,ulaw
endpoint/context=from-pstn
remote_hosts=****IPADDR-or-FQDN:PORT****
"""


@dataclass(frozen=True, slots=True)
class TrunkTemplate:
    """`wizard_text` still holds placeholders, which the check refuses until they are replaced."""

    slug: str
    name_en: str
    name_es: str
    wizard_text: str


def trunk_templates(ports: Mapping[str, int]) -> tuple[TrunkTemplate, ...]:
    """The templates; the ports (UDP, of this installation, by transport) are in the comment on top of each text."""

    def text(body: str, transport: str, far: str = "no") -> str:
        port = ports[transport]
        head = (
            f"; The other side sends its calls to UDP port {port} of this machine.\n"
            f"; La otra punta envía sus llamadas al puerto UDP {port} de esta máquina.\n"
        )
        return head + body.format(transport=transport, far=far)

    return (
        TrunkTemplate(
            "internet-nat",
            "Provider on the Internet, we are behind NAT",
            "Proveedor en Internet, estamos detrás de NAT",
            text(_AUTHENTICATING_PROVIDER, "trunk-nat-transport"),
        ),
        TrunkTemplate(
            "internet",
            "Provider on the Internet, without NAT",
            "Proveedor en Internet, sin NAT",
            text(_AUTHENTICATING_PROVIDER, "trunk-transport"),
        ),
        TrunkTemplate(
            "corporate",
            "Provider over a dedicated link",
            "Proveedor por enlace dedicado",
            text(_TRUSTED_PROVIDER, "trunk-transport"),
        ),
        TrunkTemplate("pbx-lan", "PBX on the LAN", "Central telefónica en la LAN", text(_PBX, "trunk-transport")),
        TrunkTemplate(
            "pbx-nat",
            "PBX across NAT",
            "Central telefónica a través de NAT",
            text(_PBX, "trunk-nat-transport", far="yes"),
        ),
        TrunkTemplate(
            "inside-pbx",
            "PBX on this host: OMniLeads inside the PBX",
            "Central telefónica en este equipo: OMniLeads dentro de la central",
            text(_PBX, "trunk-container-transport", far="yes"),
        ),
        TrunkTemplate("custom", "Custom", "Personalizado", text(_CUSTOM, "trunk-transport")),
    )
