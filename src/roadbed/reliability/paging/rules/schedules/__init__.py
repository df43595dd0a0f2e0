"""On-call schedules: layers of turns on a wall clock, made into an exact partition of time; pure."""
