"""What people and services bring as sound, decoded in a process of its own with limits on memory and time."""
