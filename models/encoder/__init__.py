"""The encoder: recipe, evaluation, artifact, card."""
