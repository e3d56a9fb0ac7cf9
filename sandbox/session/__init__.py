"""State of the living: sessions, their journals, and who may hold how many."""
