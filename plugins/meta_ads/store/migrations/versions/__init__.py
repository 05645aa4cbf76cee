"""One migration a pair of files: the .py names its place, the .sql says what it does."""
