"""What every area uses and none owns: ids, errors, dates, operational tables, jobs, Vietnamese text, parts of pages."""
