"""Score: the door for tables. Arrow in, Arrow out; see `nearer.score.columns`."""
