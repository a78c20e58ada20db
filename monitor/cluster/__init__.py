"""Several monitors share one list of printers: each printer has one owner, by lease, in a store of others' making."""
