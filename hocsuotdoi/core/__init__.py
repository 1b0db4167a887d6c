"""What every area uses and none owns: ids, errors, dated periods, operational tables, jobs, Vietnamese text, page components."""
