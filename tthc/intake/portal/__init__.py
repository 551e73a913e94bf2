"""What provinces' systems send to the national portal, taken in unchanged.

Every case of every message is kept as a claim. A case is what all its claims together say, from
whichever sender and in whichever order they came: so a replay adds nothing, the most advanced state
stands, and a second sender of the same case is one more witness, never a second case.
"""
