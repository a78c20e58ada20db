"""The demo farm's simulated week, `python -m models.train.week`: failures paused, seconds to it, false alarms.

Every printer of a cameras.yaml runs its own plan of jobs and failures (monitor.sim) on a clock that is moved by hand.
Its pictures come through its camera's sensor and JPEG, the monitor's own inspector, memory, baseline and judge decide
about them, what the printer says is heard half a second late, and a pause is obeyed a quarter of a second after it was
decided; the bed is cleared, and the next job begins. Nothing waits, no message is sent.

A week of 12 printers at one picture a second is 7.3 million pictures, about ten hours of a core. `--exact` looks at
them all. Without it there is a SHORTCUT: of each printer `--jobs` whole jobs without a failure and as many with one are
inspected exactly, every picture with noise of its own, each job with the memory and the baseline that the jobs before
it left; their raw scores are kept, second by second. Then the week is played at full rate, each job of the plan being
one of the recorded ones, drawn by seed; the baseline, the judge, the pauses and the printers are the real ones.

What the shortcut cannot show: a picture that goes wrong less often than once in the recorded jobs; an unlucky one comes
again with each copy of its job, so false alarms are in clusters. Recorded failures go on unpaused, so a printer that
stands still shows its last score again and again. And a score keeps the memory that it was recorded with: what another
decision in the week would have taught is not in it. The farm itself is simulated and small: eight rendered prints, no
person, no change of light. It says nothing about another farm.
"""
