"""CI Watch: what the third-party CI systems of a Gerrit do, and how well."""
