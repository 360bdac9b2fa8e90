"""What real clients make of the contract that the server gives them: `make clients`."""
