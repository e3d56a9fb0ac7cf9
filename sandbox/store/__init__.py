"""Where sessions are kept: one database, one thread that writes it."""
