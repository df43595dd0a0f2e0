"""The arithmetic and the decisions of toil: values in, values out."""
