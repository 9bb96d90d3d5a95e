"""What Gerrit says: its events and accounts, with old and new spellings made one."""
