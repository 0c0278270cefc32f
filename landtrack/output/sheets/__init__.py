"""Map sheets: true to scale, read back and measured before they are handed over."""
