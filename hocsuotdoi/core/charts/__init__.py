"""Charts: a Vega-Lite specification of each, one for the page, the file to take away, the report and the print.

A function for each kind takes what is to be shown and gives a `Chart`: specification, key in words, table, and the data
for files. What a chart shows is told apart by shape, dash and size as well as by colour. Nothing here asks a database.
"""
