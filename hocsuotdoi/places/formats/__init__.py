"""Pure readers of the packages that the territory comes from, and the reform of 1 July 2025 worked out from them."""
