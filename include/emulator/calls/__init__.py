"""A Graph call from the wire to its answer: who asks, what it may, how it is answered."""
