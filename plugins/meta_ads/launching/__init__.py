"""Use cases of a launch. They own the ports they need; adapters implement them."""
