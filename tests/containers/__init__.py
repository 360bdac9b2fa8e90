"""deploy/compose.yaml as shipped, run by a real engine, with faults: `make containers`."""
