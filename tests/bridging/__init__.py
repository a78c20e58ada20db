"""The bridge between a site and the hub: texts, files, and real mosquittos over TLS."""
