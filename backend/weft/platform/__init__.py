"""Shared technology: settings, database, journal writer, cache, HTTP, sandboxes, sealing, limits, telemetry."""
