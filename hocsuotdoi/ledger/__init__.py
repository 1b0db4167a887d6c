"""One immutable posting for each thing that happened, with its entries. Nothing here is ever changed or removed; a
correction is a reversal."""
