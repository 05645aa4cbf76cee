"""How long the Campaigns page takes with a thousand campaigns."""
