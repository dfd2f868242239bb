"""What leaves the computer: checkpoints, to folders, mailboxes, web servers, and a timestamp authority."""
