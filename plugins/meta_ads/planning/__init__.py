"""The plan of a launch as a value: steps in order, their Graph parameters, and a hash."""
