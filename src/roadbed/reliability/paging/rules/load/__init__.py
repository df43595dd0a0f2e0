"""What being on call costs people: time by its class, pay, pages, interrupted hours, fairness; pure."""
