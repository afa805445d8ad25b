"""Asterisk's REST interface (ARI). Nothing outside this package knows its words."""
