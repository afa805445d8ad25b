"""SIP trunks, inbound routes, audio files and the files Asterisk reads."""
