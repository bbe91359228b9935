"""The course: ten lessons in docs/course/, each with an exercise that is checked without a GPU.

catalogue.py   the lessons: where the text and the exercise of each are
answer.py      the reader's file, loaded for the CPU device
watched.py     a launch of its kernel: sanitized, recorded, held to the error bound
memory.py      what its lines ask of a GPU's memory
barriers.py    takes out one barrier after the other, and runs racecheck
lessons/       the check of each exercise: what a right answer does, and how wrong ones are told
"""
