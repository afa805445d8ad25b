"""The keys a trunk's wizard text may use: data for `telephony.wizard`.

Source: res_pjsip_config_wizard and res_pjsip of Asterisk 22 ("config show help"). Left out on purpose is what reaches
beyond a trunk: dialplan contexts of messages and subscriptions, channel functions, files, hints and phone provisioning.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRANSPORTS: Final = ("trunk-transport", "trunk-nat-transport", "trunk-container-transport")
CONTEXTS: Final = ("from-pstn", "from-pbx")

SWITCHES: Final = (
    "accepts_auth",
    "accepts_registrations",
    "sends_auth",
    "sends_line_with_registrations",
    "sends_registrations",
)

_ENDPOINT_YES_NO: Final = _words(
    """
    allow_overlap allow_transfer asymmetric_rtp_codec
    direct_media disable_direct_media_on_nat fax_detect follow_early_media_fork force_avp force_rport
    g726_non_standard ice_support ignore_183_without_sdp inband_progress media_encryption_optimistic
    media_use_received_transport moh_passthrough notify_early_inuse_ringing
    preferred_codec_only refer_blind_progress rewrite_contact rpid_immediate rtcp_mux rtp_ipv6 rtp_symmetric
    send_aoc send_connected_line send_diversion send_history_info send_pai send_rpid srtp_tag_32
    suppress_moh_on_sendonly t38_bind_udptl_to_media_address t38_udptl t38_udptl_ipv6 t38_udptl_nat
    trust_connected_line trust_id_inbound trust_id_outbound use_avpf use_ptime user_eq_phone
    """
)

_ENDPOINT_NUMBERS: Final = _words(
    """
    cos_audio device_state_busy_at fax_detect_timeout max_audio_streams rtp_keepalive rtp_timeout rtp_timeout_hold
    t38_udptl_maxdatagram timers_min_se timers_sess_expires
    """
)

_ENDPOINT_OTHER: Final = _words(
    """
    100rel accountcode allow callerid callerid_privacy callerid_tag codec_prefs_incoming_answer
    codec_prefs_incoming_offer codec_prefs_outgoing_answer codec_prefs_outgoing_offer connected_line_method context
    contact_user direct_media_glare_mitigation direct_media_method disallow dtmf_mode from_domain from_user
    identify_by incoming_call_offer_pref language media_address media_encryption outbound_proxy
    outgoing_call_offer_pref sdp_owner sdp_session t38_udptl_ec timers tone_zone tos_audio
    """
)

_AOR: Final = _words(
    """
    authenticate_qualify default_expiration max_contacts maximum_expiration minimum_expiration outbound_proxy
    qualify_frequency qualify_timeout remove_existing remove_unavailable support_path
    """
)

_AUTH: Final = _words("auth_type md5_cred nonce_lifetime password realm username")

_REGISTRATION: Final = _words(
    """
    auth_rejection_permanent client_uri contact_additional_params contact_header_params contact_user expiration
    fatal_retry_interval forbidden_retry_interval max_random_initial_delay max_retries outbound_proxy retry_interval
    server_uri support_outbound support_path
    """
)

_IDENTIFY: Final = _words("match match_header match_request_uri srv_lookups")

_WIZARD: Final = _words(
    """
    client_uri_pattern contact_pattern outbound_proxy remote_hosts server_uri_pattern transport type
    """
) | frozenset(SWITCHES)

KEYS: Final[dict[str, frozenset[str]]] = {
    "": _WIZARD,
    "endpoint": _ENDPOINT_YES_NO | _ENDPOINT_NUMBERS | _ENDPOINT_OTHER,
    "aor": _AOR,
    "inbound_auth": _AUTH,
    "outbound_auth": _AUTH,
    "registration": _REGISTRATION,
    "identify": _IDENTIFY,
}

_MADE_BY_WIZARD: Final = "the wizard sets it itself."
_OUTSIDE: Final = "it reaches beyond this trunk."

REFUSED: Final[dict[str, str]] = {
    "endpoint/transport": 'write "transport=..." without "endpoint/".',
    "endpoint/type": _MADE_BY_WIZARD,
    "endpoint/aors": _MADE_BY_WIZARD,
    "endpoint/auth": _MADE_BY_WIZARD,
    "endpoint/outbound_auth": _MADE_BY_WIZARD,
    "endpoint/set_var": _OUTSIDE,
    "endpoint/message_context": _OUTSIDE,
    "endpoint/subscribe_context": _OUTSIDE,
    "endpoint/redirect_method": _OUTSIDE,
    "endpoint/mailboxes": _OUTSIDE,
    "endpoint/moh_suggest": "music on hold belongs to the campaign.",
    "has_phoneprov": _OUTSIDE,
    "has_hint": _OUTSIDE,
    "hint_context": _OUTSIDE,
    "hint_exten": _OUTSIDE,
    "hint_application": _OUTSIDE,
    "identify/endpoint": _MADE_BY_WIZARD,
    "registration/endpoint": _MADE_BY_WIZARD,
    "registration/transport": 'write "transport=..." without "registration/".',
}

YES_NO: Final[frozenset[str]] = (
    frozenset(SWITCHES)
    | {f"endpoint/{name}" for name in _ENDPOINT_YES_NO}
    | {"aor/authenticate_qualify", "aor/remove_existing", "aor/remove_unavailable", "aor/support_path"}
    | {"registration/auth_rejection_permanent", "registration/support_outbound", "registration/support_path"}
    | {"identify/srv_lookups"}
)

_COUNTED: Final = ("contacts", "delay", "expiration", "frequency", "interval", "retries", "timeout")

NUMBERS: Final[frozenset[str]] = frozenset(
    {f"endpoint/{name}" for name in _ENDPOINT_NUMBERS}
    | {f"aor/{name}" for name in _AOR if name.endswith(_COUNTED)}
    | {
        f"registration/{name}"
        for name in _REGISTRATION
        if name.endswith(("expiration", "interval", "delay", "retries"))
    }
)

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "type": ("wizard",),
    "transport": TRANSPORTS,
    "endpoint/context": CONTEXTS,
    "endpoint/dtmf_mode": ("rfc4733", "inband", "info", "auto", "auto_info", "none"),
    "endpoint/timers": ("yes", "no", "required", "always", "forced"),
    "endpoint/media_encryption": ("no", "sdes"),
    "endpoint/100rel": ("no", "required", "peer_supported", "yes"),
    "endpoint/direct_media_method": ("invite", "reinvite", "update"),
    "endpoint/connected_line_method": ("invite", "reinvite", "update"),
    "endpoint/t38_udptl_ec": ("none", "fec", "redundancy"),
    "endpoint/language": ("es", "en"),
    "inbound_auth/auth_type": ("userpass", "md5", "digest"),
    "outbound_auth/auth_type": ("userpass", "md5", "digest"),
}

CODECS: Final = _words(
    "alaw ulaw g722 g729 g726 gsm ilbc opus speex speex16 slin slin16 g723 siren7 siren14 h263 h264 vp8 all"
)

REPEATABLE: Final = frozenset({"remote_hosts", "endpoint/allow", "endpoint/disallow", "identify/match"})

EXAMPLES: Final[dict[str, str]] = {
    "type": "wizard",
    "transport": "trunk-transport",
    "endpoint/context": "from-pstn",
}
