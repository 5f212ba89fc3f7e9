"""What runs inside a sandbox's child process: the standard library and the interpreter, nothing else of Weft."""
