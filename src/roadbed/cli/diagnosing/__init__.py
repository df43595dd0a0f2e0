"""The parts of `roadbed diagnose`: asking, keeping what was answered, printing, the report to print on paper."""
