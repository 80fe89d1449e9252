"""What people and programs see: pages, terminal text and JSON records. Draws, never computes."""
