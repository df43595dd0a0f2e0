"""What arrives at the doors for alerts, read and decided: values in, values out."""
