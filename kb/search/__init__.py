"""From a query to hits: parse → candidates → fuse → explain."""
