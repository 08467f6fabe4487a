"""The life of a push batch after planning: approve, send, deliver, stop, close (发送)."""
