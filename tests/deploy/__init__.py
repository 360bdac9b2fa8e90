"""What is shipped to run the server with: the proxy, the manifests, backup and restore."""
