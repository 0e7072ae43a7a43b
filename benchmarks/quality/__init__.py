"""The refiner against other denoisers; see `__main__`."""
