"""What running this in production takes: health, metrics, logs, limits, secrets. Each file is one of them."""
