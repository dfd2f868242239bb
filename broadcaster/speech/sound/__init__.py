"""Sound processing with numpy: from parts to one clip at the wanted loudness."""
