"""Bills made from rates, and how they look on paper."""
