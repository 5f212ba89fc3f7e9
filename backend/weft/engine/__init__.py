"""The engine: pure. It knows graphs, values, readiness and events, and touches only what it is handed."""
