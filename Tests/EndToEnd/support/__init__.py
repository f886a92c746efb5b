"""What the end-to-end tests stand on: real programs, started and ended cleanly, and what they say, recorded."""
