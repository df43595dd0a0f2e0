"""What is wrong with objectives in any format, and the list of the rules that say so."""
