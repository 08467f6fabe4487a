"""What the caseworker's desk does (帮扶工作台): one use case a file, one transaction each."""
