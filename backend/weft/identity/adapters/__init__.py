"""Identity on SQL, Argon2 and signed tokens."""
