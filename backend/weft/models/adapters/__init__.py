"""Models through LiteLLM."""
