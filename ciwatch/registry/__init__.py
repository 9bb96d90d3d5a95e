"""What somebody wrote down about the CI systems: systems.yaml."""
