"""Users, roles, sessions, tokens, sign-in and its lockout."""
