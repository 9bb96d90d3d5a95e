"""What is stored: models, engine and migrations, the same for whoever records and whoever reads."""
