"""The Helm chart in a cluster of one node, with rollouts, evictions and faults: `make cluster`."""
