"""Many sites and their hub as real processes, with lines that are cut; at the end their histories are compared."""
