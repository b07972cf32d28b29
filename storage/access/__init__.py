"""Who may use the console: people, their sessions, tokens of programs, failed logins."""
