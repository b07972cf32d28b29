"""What a page states: title, day, outlet, people, further parts."""
