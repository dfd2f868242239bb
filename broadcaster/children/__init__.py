"""Child processes: started safe from the folder we run in, heard, given deadlines, never lost without a reason.

`process.Child` is a running child as the program sees it, `worker.Worker` one that answers questions, `child_side` what
runs inside. Both sides speak in the messages of `messages`.
"""
