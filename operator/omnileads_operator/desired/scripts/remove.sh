# shellcheck shell=bash
# Takes a backup away. The manifest goes first: what has none is no backup.
drop manifest.json
drop database.dump
note "backup.removed"
