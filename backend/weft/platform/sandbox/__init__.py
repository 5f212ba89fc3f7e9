"""Users' JavaScript and Python, in child processes that can be killed. Imports nothing: children load it too."""
