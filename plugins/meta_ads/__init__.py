"""Launch Meta (Facebook and Instagram) campaigns declared as files. The map is in README.md."""
