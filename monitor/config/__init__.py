"""cameras.yaml: what it may say (:mod:`.model`) and how it is read (:mod:`.load`)."""
