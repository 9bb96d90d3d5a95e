"""Against a real Gerrit: fetched with Maven, started on 127.0.0.1 in a temporary site."""
