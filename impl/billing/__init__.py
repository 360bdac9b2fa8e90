"""Bills made from rates: what they amount to, when they are due, and who makes them."""
