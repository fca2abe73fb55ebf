"""What it was like at the gate, hour by hour."""
