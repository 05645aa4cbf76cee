"""The adapter to media files: what is below `creatives/`, and what is inside a video."""
