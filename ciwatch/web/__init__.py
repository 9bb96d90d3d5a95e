"""The pages and the API: they read, and never write."""
