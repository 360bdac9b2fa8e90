"""Many resources at once, from files and into files: the commands `import` and `export`."""
