"""The bridge between a site's mosquitto and the hub's: what stands in whose files (docs/region.md)."""
