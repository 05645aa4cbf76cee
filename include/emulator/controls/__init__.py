"""What people and tests may see and set: the controls, and the pages in a browser."""
