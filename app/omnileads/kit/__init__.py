"""What every domain stands on: errors, database, events, jobs, permissions. Knows no domain."""
