"""The life of a run: accepted, journaled, worked on, watched, cancelled, retried."""
