"""Element by element: functions of one array (`unary`), and of two with broadcasting (`operands`).

Each operator is a module of its own.
"""
