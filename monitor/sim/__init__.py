"""The simulated farm: cameras that show rendered prints and printers that obey a pause. Nothing here is real."""
