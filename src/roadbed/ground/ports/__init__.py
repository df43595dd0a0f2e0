"""What we need of the outside, as typed protocols; config wires what stands behind each."""
