"""The subcommands of ``replywatch``: thin edges that read arguments, call a room and print."""
