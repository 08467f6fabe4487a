"""Training recipes, shipped artifacts and their cards."""
