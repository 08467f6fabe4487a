"""How a recommendation reaches a person and how the answer comes back: letters, SMS, calls, links (送达)."""
