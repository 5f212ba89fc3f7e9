"""The vault and the repository on SQL, the vault of the environment, and the probe."""
