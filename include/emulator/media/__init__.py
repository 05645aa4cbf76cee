"""Videos on their way to an ad: upload, processing, thumbnails."""
