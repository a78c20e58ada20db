"""The other nodes of a cluster, told by hand."""
