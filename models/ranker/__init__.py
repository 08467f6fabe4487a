"""The ranker's recipe: train, evaluate, card, artifact."""
