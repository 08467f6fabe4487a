"""Routers by audience."""
