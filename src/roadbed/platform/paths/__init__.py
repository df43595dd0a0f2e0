"""Golden paths: templates in versioned Git repositories, services made from them, and existing services adopted."""
