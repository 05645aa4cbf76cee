"""The nodes of the ad account and around it: what they show, and what writes do to them."""
