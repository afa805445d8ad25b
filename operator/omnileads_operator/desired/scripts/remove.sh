# shellcheck shell=bash
# Takes a backup away. The manifest goes first: what has none is no backup. Recordings stay in their common folder: another
# backup, which may be under way, counts on them.
drop manifest.json
drop database.dump
drop recordings.list
note "backup.removed"
