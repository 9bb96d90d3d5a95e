"""The process that runs for years: hears Gerrit, asks for what it missed, keeps what cannot be recorded."""
