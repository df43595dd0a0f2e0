"""The diagnostic's arithmetic: questions, scores, aggregates, comparisons and reports, without clock or database."""
