"""A CI's comment in, what it reports out: one plugin for each family of formats."""
