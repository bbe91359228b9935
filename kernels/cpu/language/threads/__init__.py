"""Where a thread is, and how it waits for others: barriers, votes, shuffles."""
