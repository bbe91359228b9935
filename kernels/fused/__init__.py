"""Several operators in one launch: what lies between them never goes to memory."""
