"""The commands of `tmf678`, one module a command or a small family; `main.py` picks the module."""
