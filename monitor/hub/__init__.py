"""The hub of a region: one wall and one history for many sites, each of which goes on alone when its line is cut.

The hub decides nothing and pauses nothing. It shows what the sites tell (:mod:`monitor.peers`), pulls what must not be
lost out of their histories, and passes on what people ask for.
"""
