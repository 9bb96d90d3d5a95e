"""Where events come from: each source gives raw lines, one JSON object each."""
