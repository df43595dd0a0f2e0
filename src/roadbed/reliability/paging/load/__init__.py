"""Who was on call, kept as it passes; what it cost them; what it is worth."""
