"""Running the programme, for programs: tasks and money."""
