"""Reports per period: which period, the arithmetic of each line, and the report as a page that can be printed."""
