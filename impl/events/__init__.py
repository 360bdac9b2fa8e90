"""Events: what is told of each write, whom it is told to, and how it gets there."""
