"""The files that officers bring, each kind read by its own module into lines of text."""
