"""Where flights begin and end."""
