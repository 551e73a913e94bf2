"""A believable province in the simulated world: real units, procedures, terms and calendar.

What is invented are the acts: when cases come, how long they take, which are late. Each draw is
a function of the seed and of the case's number, so that the same parameters give the same rows.
"""
