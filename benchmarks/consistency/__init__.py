"""Do the views of an orbit agree with each other? See `__main__`."""
