"""Whom to ask for work wanted within hours, how many, and when again (即时快招): pure functions over arrays."""
