"""HTTP doors: thin routers over matcher.services, grouped by audience."""
