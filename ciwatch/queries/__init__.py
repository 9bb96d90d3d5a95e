"""What a page needs, read in few statements: plain functions of a connection, giving plain values."""
