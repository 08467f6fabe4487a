"""Work wanted within hours: request, waves of offers, answers, arrivals, the daily board (即时快招)."""
