"""The decisions of paging: values in, values out."""
