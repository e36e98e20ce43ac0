"""What a unit sent back and what it means: its file, the place of each answer, its value, and what nobody asked for."""
