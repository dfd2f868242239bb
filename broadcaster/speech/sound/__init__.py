"""Sound in numbers: from parts to one clip at its loudness."""
