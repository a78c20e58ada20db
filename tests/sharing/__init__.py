"""Several monitors share one farm: what each does with printers that come and go."""
