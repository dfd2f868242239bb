"""Reports that people send: one set of figures, written as Word, Excel, CSV, JSON or a page for the browser."""
