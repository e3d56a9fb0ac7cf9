"""What a learner takes away: her session as a zip that every tool reads. Pure: knows no session and no web."""
