"""The puppet module on a node: a Debian that is booted, with systemd as its first process. Needs root."""
