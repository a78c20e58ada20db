"""The commands of ``vigie``, one file each; only these print."""
