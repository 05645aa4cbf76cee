"""A local Marketing API server: strict, stateful, and driven through ``/_emulator``."""
