"""The model of the country, its calendar, the file of the truth. No database."""
